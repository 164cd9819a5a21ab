import 'reflect-metadata';
import { ValidationPipe, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { handlers, type NestWork } from './nest-work.ts';
import type { Order } from './order.ts';
import { RuledOrder } from './ruled-order.ts';

// Nest makes a producer beside its consumer, of which kafkajs says so.
process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';

/** `@EventPattern` on the Kafka transport of `@nestjs/microservices`, with a `ValidationPipe` where it validates. It has joined. */
export async function nestMicroservice(
  brokers: string,
  work: NestWork,
  saw: (order: Order) => void,
): Promise<INestMicroservice> {
  const { group, partitionsConsumedConcurrently: concurrently } = work;
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(moduleOf(work, saw), {
    logger: ['warn', 'error'],
    transport: Transport.KAFKA,
    options: {
      client: { clientId: 'bench', brokers: brokers.split(',') },
      consumer: { groupId: group },
      subscribe: { fromBeginning: true },
      run: concurrently === undefined ? {} : { partitionsConsumedConcurrently: concurrently },
    },
  });
  // To an instance, as ours does.
  if (work.validated) app.useGlobalPipes(new ValidationPipe({ transform: true }));
  await app.listen();
  return app;
}

function moduleOf({ topic, handler, validated }: NestWork, saw: (order: Order) => void): object {
  const handle = handlers[handler](saw);
  class Counter {
    handle(order: Order): unknown {
      return handle(order);
    }
  }
  // As decorators and the compiler would do; Node runs this file as it is, and knows none.
  Reflect.defineMetadata('design:paramtypes', [validated ? RuledOrder : Object], Counter.prototype, 'handle');
  Payload()(Counter.prototype, 'handle', 0);
  EventPattern(topic)(
    Counter.prototype,
    'handle',
    Object.getOwnPropertyDescriptor(Counter.prototype, 'handle')!,
  );
  class AppModule {}
  return { module: AppModule, controllers: [Counter] };
}
