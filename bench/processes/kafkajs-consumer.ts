import type { Consumer, ConsumerConfig } from 'kafkajs';
import { serve, settingsOf } from '../run/serve.ts';
import { until, type Consumed, type Consuming, type Idling } from '../work/consuming.ts';
import { cpuMillisecondsIn } from '../work/cpu.ts';
import { kafkajsClient, SOON_OVER } from '../work/kafkajs-client.ts';
import { orderIn } from '../work/order.ts';
import { TimedCommits } from '../work/timed-commits.ts';

const { brokers } = settingsOf<{ brokers: string }>();

const idle: Consumer[] = [];

serve({
  /** The whole topic, from the beginning, by an `eachBatch` that does nothing with bytes. */
  consumeBytes: (work: Consuming): Promise<Consumed> =>
    until(work, async (arrivals) => {
      const consumer = await join(work, SOON_OVER);
      const commits = new TimedCommits(consumer, work.topic);
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          for (const { value } of batch.messages) arrivals.saw(orderIn(value!));
          commits.done(batch.partition, batch.lastOffset());
        },
      });
      return async () => {
        await commits.stop();
        await consumer.disconnect();
      };
    }),
  /** Joins with everything as kafkajs has it by default, with a consumer for each group, and has nothing to do. */
  async idle({ topic, groups }: Idling): Promise<void> {
    for (const group of groups) {
      const consumer = await join({ topic, group });
      idle.push(consumer);
      // Resolves when it has joined.
      await consumer.run({ eachMessage: async () => {} });
    }
  },
  cpu: cpuMillisecondsIn,
  stop: () => Promise.all(idle.map((consumer) => consumer.disconnect())),
});

async function join(
  { topic, group }: Pick<Consuming, 'topic' | 'group'>,
  settings: Partial<ConsumerConfig> = {},
): Promise<Consumer> {
  const consumer = kafkajsClient(brokers).consumer({ groupId: group, ...settings });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  return consumer;
}
