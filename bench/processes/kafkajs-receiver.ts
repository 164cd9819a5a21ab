import { serve, settingsOf } from '../run/serve.ts';
import { kafkajsClient } from '../work/kafkajs-client.ts';
import type { Order } from '../work/order.ts';
import type { ReceiverSettings } from '../work/outbox-work.ts';
import { Receiver } from '../work/receiver.ts';

/** What one writes to receive with kafkajs: `eachMessage`, and the payload parsed. */
const settings = settingsOf<ReceiverSettings>();
if (settings.carrier.kind !== 'kafka') throw new TypeError('kafkajs needs a Kafka.');
const receiver = new Receiver(settings);
const consumer = kafkajsClient(settings.carrier.brokers).consumer({ groupId: `${settings.topic}-receiver` });

serve({
  async ready() {
    await consumer.connect();
    await consumer.subscribe({ topic: settings.topic, fromBeginning: true });
    const joined = new Promise<void>((resolve) => {
      const off = consumer.on('consumer.group_join', () => {
        off();
        resolve();
      });
    });
    await consumer.run({
      partitionsConsumedConcurrently: 6,
      eachMessage: async ({ message }) => receiver.take(JSON.parse(message.value!.toString()) as Order),
    });
    await joined;
  },
  came: (count: number) => receiver.came(count),
  stop: () => consumer.disconnect(),
});
