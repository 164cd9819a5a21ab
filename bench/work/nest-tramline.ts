import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { defineEvent, type EventRef } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { OnEvent, TramlineHealth, TramlineModule } from '@tramline/nest';
import { setTimeout as sleep } from 'node:timers/promises';
import { handlers, type NestWork } from './nest-work.ts';
import type { Order } from './order.ts';
import { ruledOrderOf } from './ruled-order.ts';

/** `@OnEvent` in a Nest application on Kafka, of a class with rules where it validates. It has joined. */
export async function nestTramline(
  brokers: string,
  work: NestWork,
  saw: (order: Order) => void,
): Promise<INestApplicationContext> {
  const handle = handlers[work.handler](saw);
  class Counter {
    handle(order: Order): unknown {
      return handle(order);
    }
  }
  // As a decorator above the method would do; Node runs this file as it is, and knows no decorators.
  OnEvent(contractOf(work), { id: 'count', concurrency: 100 })(
    Counter.prototype,
    'handle',
    Object.getOwnPropertyDescriptor(Counter.prototype, 'handle')!,
  );
  class AppModule {}
  const tramline = TramlineModule.forRoot({ service: work.group, transport: kafka({ brokers }) });
  const app = await NestFactory.createApplicationContext(
    { module: AppModule, imports: [tramline], providers: [Counter] },
    // Not its warning that nothing checks the orders: that is said in the row.
    { logger: ['error'] },
  );
  const health = app.get(TramlineHealth);
  while (!health.readiness().up) await sleep(5);
  return app;
}

function contractOf({ topic, validated }: NestWork): EventRef<Order> {
  return validated ? ruledOrderOf(topic) : defineEvent<Order>(topic, { key: 'account' });
}
