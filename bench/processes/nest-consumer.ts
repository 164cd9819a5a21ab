import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { serve, settingsOf } from '../run/serve.ts';
import type { Arrivals } from '../work/arrivals.ts';
import { oneMillisecond, until, type Consumed, type Consuming } from '../work/consuming.ts';
import type { Order } from '../work/order.ts';

const { brokers, partitionsConsumedConcurrently } = settingsOf<{
  brokers: string;
  /** undefined: the default, which is one. */
  partitionsConsumedConcurrently?: number;
}>();

// Nest makes a producer beside its consumer, of which kafkajs says so.
process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';

serve({
  /** The whole topic, from the beginning, by an `@EventPattern` that takes a millisecond. */
  handle: (work: Consuming): Promise<Consumed> =>
    until(work, async (arrivals) => {
      const app = await NestFactory.createMicroservice<MicroserviceOptions>(moduleOf(work, arrivals), {
        logger: ['warn', 'error'],
        transport: Transport.KAFKA,
        options: {
          client: { clientId: 'bench', brokers: brokers.split(',') },
          consumer: { groupId: work.group },
          subscribe: { fromBeginning: true },
          run: partitionsConsumedConcurrently === undefined ? {} : { partitionsConsumedConcurrently },
        },
      });
      await app.listen();
      return () => app.close();
    }),
  stop: () => undefined,
});

function moduleOf({ topic }: Consuming, arrivals: Arrivals): object {
  class Counter {
    async handle(order: Order): Promise<void> {
      await oneMillisecond();
      arrivals.saw(order);
    }
  }
  // As decorators would do; Node runs this file as it is, and knows none.
  Payload()(Counter.prototype, 'handle', 0);
  EventPattern(topic)(
    Counter.prototype,
    'handle',
    Object.getOwnPropertyDescriptor(Counter.prototype, 'handle')!,
  );
  class AppModule {}
  return { module: AppModule, controllers: [Counter] };
}
