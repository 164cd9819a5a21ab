import { serve, settingsOf } from '../run/serve.ts';
import { kafkajsClient, SOON_OVER } from '../work/kafkajs-client.ts';
import type { Order } from '../work/order.ts';
import type { ReceiverSettings } from '../work/outbox-work.ts';
import { Receiver } from '../work/receiver.ts';
import { TimedCommits } from '../work/timed-commits.ts';

/** What one writes to receive early with kafkajs: `eachMessage` for all partitions at once, commits in time with ours. */
const settings = settingsOf<ReceiverSettings>();
if (settings.carrier.kind !== 'kafka') throw new TypeError('kafkajs needs a Kafka.');
const { topic } = settings;
const receiver = new Receiver(settings);
const consumer = kafkajsClient(settings.carrier.brokers).consumer({
  groupId: `${topic}-receiver`,
  ...SOON_OVER,
});
const commits = new TimedCommits(consumer, topic);

serve({
  async ready() {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    // Resolves when it has joined.
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 6,
      eachMessage: async ({ partition, message }) => {
        receiver.take(JSON.parse(message.value!.toString()) as Order);
        commits.done(partition, message.offset);
      },
    });
  },
  came: (count: number) => receiver.came(count),
  async stop() {
    await commits.stop();
    await consumer.disconnect();
    return receiver.faults;
  },
});
