import { Injectable, Module } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Test, type TestingModule } from '@nestjs/testing';
import { embedded } from '@tramline/embedded';
import { BatchError, EventBus, EventContext, EventContract, OnEvent, TramlineModule } from '@tramline/nest';
import { TestBus } from '@tramline/testing/nest';
import { afterEach, beforeEach, expect, it } from 'vitest';

@EventContract('order.placed', { key: 'orderId' })
class OrderPlaced {
  orderId!: string;
}

@EventContract('order.paid', { key: 'orderId' })
class OrderPaid {
  orderId!: string;
}

const calls: string[] = [];

abstract class Warehouse {
  abstract reserve(orderId: string, options: { idempotencyKey: string; signal: AbortSignal }): Promise<void>;
}

class OwnWarehouse extends Warehouse {
  async reserve(orderId: string, { idempotencyKey }: { idempotencyKey: string }): Promise<void> {
    calls.push(`reserve ${orderId} ${idempotencyKey}`);
  }
}

const index = async (event: OrderPlaced) => {
  if (event.orderId === 'bad') throw new Error('the index does not take it');
};

@Injectable()
class Stock {
  constructor(private readonly warehouse: Warehouse) {}

  // #region handler
  @OnEvent(OrderPlaced, {
    id: 'reserve-stock',
    aliases: ['Stock.onOrder'], // its former id: what waits under it is not lost
    timeout: '10s',
    concurrency: 8,
  })
  async reserve({ orderId }: OrderPlaced, { eventId, signal }: EventContext): Promise<void> {
    await this.warehouse.reserve(orderId, { idempotencyKey: eventId, signal });
  }
  // #endregion

  // #region list
  @OnEvent([OrderPlaced, OrderPaid], { id: 'audit' })
  audit({ orderId }: OrderPlaced | OrderPaid, { type, attempt }: EventContext): void {
    calls.push(`${type} ${orderId} ${attempt}`);
  }
  // #endregion

  // #region parameters
  @OnEvent(OrderPlaced, { id: 'notify' })
  notify(@Payload() event: OrderPlaced, @Ctx() context: EventContext): void {
    calls.push(`notify ${event.orderId} ${context.handlerId}`);
  }
  // #endregion

  // @ts-expect-error -- the page says that this does not compile, and works
  @OnEvent(OrderPaid, { id: 'property' })
  property(@Payload('orderId') orderId: string): void {
    calls.push(`property ${orderId}`);
  }

  // #region batch
  @OnEvent(OrderPlaced, { id: 'index', batch: { size: 100, wait: '200ms' } })
  async index(events: OrderPlaced[], _contexts: EventContext[]): Promise<void> {
    const ends = await Promise.allSettled(events.map((event) => index(event)));
    const failed = ends.flatMap((end, at) =>
      end.status === 'rejected' ? [[at, end.reason as Error] as const] : [],
    );
    if (failed.length > 0) throw new BatchError(new Map(failed)); // the others are done
  }
  // #endregion
}

@Injectable()
class Settings {
  readonly directory = '.tramline';
  readonly audits = false;
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Module({
  imports: [
    // #region async
    TramlineModule.forRootAsync({
      imports: [SettingsModule],
      inject: [Settings],
      useFactory: (settings: Settings) => ({
        service: 'stock',
        transport: embedded({ directory: settings.directory }),
        handlers: { audit: { enabled: settings.audits }, notify: { concurrency: 1, timeout: '5s' } },
      }),
    }),
    // #endregion
  ],
  providers: [Stock, { provide: Warehouse, useClass: OwnWarehouse }],
})
class StockModule {}

let app: TestingModule;
let test: TestBus;

beforeEach(async () => {
  calls.length = 0;
  const builder = Test.createTestingModule({ imports: [StockModule] });
  test = TestBus.attach(builder);
  app = await builder.compile();
  await app.init();
});

afterEach(async () => {
  await app.close();
  await test.close();
});

it('calls each handler with event and context, and leaves out what configuration switched off', async () => {
  const { eventId } = await app.get(EventBus).publish(OrderPlaced, { orderId: 'o1' });
  await test.idle();
  expect(calls.toSorted()).toEqual(['notify o1 notify', `reserve o1 ${eventId}`]);
});

it('hands a property over where somebody asks for it', async () => {
  await test.publish(OrderPaid, { orderId: 'o1' });
  await test.idle();
  expect(calls).toEqual(['property o1']);
});

it('tries again only what failed of a batch', async () => {
  await app.get(EventBus).publishAll([
    [OrderPlaced, { orderId: 'good' }, { partition: 0 }],
    [OrderPlaced, { orderId: 'bad' }, { partition: 0 }],
  ]);
  await test.advance('5s');
  expect(test.handled<OrderPlaced>('index').map(({ event }) => event.orderId)).toEqual(['good']);
});
