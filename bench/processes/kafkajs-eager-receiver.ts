import { serve, settingsOf } from '../run/serve.ts';
import { kafkajsClient } from '../work/kafkajs-client.ts';
import type { Order } from '../work/order.ts';
import type { ReceiverSettings } from '../work/outbox-work.ts';
import { Receiver } from '../work/receiver.ts';

/** As the runtime commits. */
const COMMIT_EVERY_MS = 500;

/**
 * What one writes to receive early with kafkajs. By itself it commits after each batch of a partition, and asks for more only
 * when that was answered: 20 ms and more on the way of the next event.
 */
const settings = settingsOf<ReceiverSettings>();
if (settings.carrier.kind !== 'kafka') throw new TypeError('kafkajs needs a Kafka.');
const { topic } = settings;
const receiver = new Receiver(settings);
const consumer = kafkajsClient(settings.carrier.brokers).consumer({ groupId: `${topic}-receiver` });
/** The offset behind the last one handled, by partition. */
const handled = new Map<number, bigint>();
let committing: NodeJS.Timeout | undefined;

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
        handled.set(partition, BigInt(message.offset) + 1n);
      },
    });
    committing = setInterval(() => void commit(), COMMIT_EVERY_MS);
  },
  came: (count: number) => receiver.came(count),
  async stop() {
    clearInterval(committing);
    await commit();
    await consumer.disconnect();
  },
});

async function commit(): Promise<void> {
  const offsets = [...handled].map(([partition, offset]) => ({ topic, partition, offset: String(offset) }));
  handled.clear();
  if (offsets.length > 0) await consumer.commitOffsets(offsets);
}
