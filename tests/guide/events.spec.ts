import { Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { embedded } from '@tramline/embedded';
import {
  defineEvent,
  EventBus,
  EventContract,
  EventLog,
  OnEvent,
  PayloadError,
  PublishError,
  TramlineModule,
  UnknownEventError,
} from '@tramline/nest';
import { TestBus } from '@tramline/testing/nest';
import { IsInt, IsString, Min } from 'class-validator';
import { afterEach, beforeEach, expect, it } from 'vitest';

// #region contracts
@EventContract('order.placed', { key: 'orderId' })
class OrderPlaced {
  @IsString() orderId!: string;
  @IsInt() @Min(1) cents!: number;
}

const OrderPaid = defineEvent<{ orderId: string }>('order.paid', { key: 'orderId' });
// #endregion

@EventContract('order.packed', { key: 'orderId' })
class OrderPacked {
  orderId!: string;
}

const handled: unknown[] = [];

class Reader {
  @OnEvent('order.forgotten', { id: 'by-name' })
  read(event: unknown) {
    handled.push(event);
  }
}

const directory = '.tramline';

@Module({
  imports: [
    // #region module
    TramlineModule.forRoot({
      service: 'shop',
      transport: embedded({ directory }),
      contracts: [OrderPaid], // known by its name from the start
    }),
    // #endregion
  ],
  providers: [Reader],
})
class ShopModule {}

let app: TestingModule;
let test: TestBus;
let bus: EventBus;

beforeEach(async () => {
  const builder = Test.createTestingModule({ imports: [ShopModule] });
  test = TestBus.attach(builder);
  app = await builder.compile();
  await app.init();
  bus = app.get(EventBus);
});

afterEach(async () => {
  await app.close();
  await test.close();
});

it('publishes one event, and a list', async () => {
  // #region publish
  const { eventId, partition, offset } = await bus.publish(OrderPlaced, { orderId: 'o1', cents: 1200 });
  await bus.publish(OrderPaid, { orderId: 'o1' }, { headers: { tenant: 'acme' } });
  await bus.publishAll([
    [OrderPlaced, { orderId: 'o2', cents: 500 }],
    [OrderPaid, { orderId: 'o2' }],
  ]);
  // #endregion
  const placed = test.published(OrderPlaced);
  expect(placed[0]).toMatchObject({ envelope: { id: eventId }, partition, offset });
  expect(placed.map(({ event }) => event.cents)).toEqual([1200, 500]);
  expect(test.published(OrderPaid)[0]?.envelope.headers).toEqual({ tenant: 'acme' });
});

it('publishes by a name whose contract is known, and by no other', async () => {
  // #region name
  await bus.publish('order.paid', { orderId: 'o3' });
  // #endregion
  expect(test.published(OrderPaid)).toHaveLength(1);
  await expect(bus.publish('order.forgotten', {})).rejects.toThrow(UnknownEventError);
});

it('handles by a bare name', async () => {
  const other = test.create({ service: 'other', contracts: [defineEvent('order.forgotten', { key: null })] });
  await other.events.publish('order.forgotten', { n: 1 });
  await test.idle();
  expect(handled).toEqual([{ n: 1 }]);
});

it('checks a class that has rules, and none that has not', async () => {
  await expect(bus.publish(OrderPlaced, { orderId: 'o1', cents: 0 })).rejects.toThrow(PayloadError);
  await bus.publish(OrderPacked, { orderId: 7 as unknown as string });
  expect(test.published(OrderPacked)).toHaveLength(1);
});

it('publishes again under the same id', async () => {
  // #region again
  const place = async (order: { orderId: string; cents: number }) => {
    try {
      return await bus.publish(OrderPlaced, order);
    } catch (error) {
      if (!(error instanceof PublishError)) throw error; // the event is at fault, and was not written
      return bus.publish(OrderPlaced, order, { id: error.eventId });
    }
  };
  // #endregion
  test.broker.setAway(true);
  const placing = place({ orderId: 'o4', cents: 100 });
  await test.advance('31s');
  test.broker.setAway(false);
  await test.advance('10s');
  const { eventId } = await placing;
  expect(new Set(test.published(OrderPlaced).map(({ envelope }) => envelope.id))).toEqual(new Set([eventId]));
});

it('reads the past', async () => {
  await bus.publish(OrderPlaced, { orderId: 'o1', cents: 1200 });
  await bus.publish(OrderPlaced, { orderId: 'o2', cents: 500 });
  const log = app.get(EventLog);
  // #region past
  let total = 0;
  for await (const { event } of log.read(OrderPlaced, { from: new Date('2026-01-01'), key: 'o1' })) {
    total += event.cents;
  }
  // #endregion
  expect(total).toBe(1200);
});
