import { randomUUID } from 'node:crypto';
import kafkajs, { type Message } from 'kafkajs';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { kafkajsClient } from '../work/kafkajs-client.ts';
import { ORDER_TOPIC, orderOf } from '../work/order.ts';
import { callAll, type Stretch } from '../work/publish-all.ts';
import type { Publishing } from './tramline-kafka-publisher.ts';

const { brokers } = settingsOf<{ brokers: string }>();

serve({
  /** As the publisher of Tramline. */
  async publish({ topic, warmUp, events, callers, batch }: Publishing): Promise<number> {
    const producer = kafkajsClient(brokers).producer({
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const send = ({ from, to }: Stretch) =>
      callAll({ from: from / batch, to: to / batch }, callers, (index) => {
        const messages = Array.from({ length: batch }, (_, at) => messageOf(index * batch + at));
        return producer.send({ topic, acks: -1, messages });
      });
    try {
      await send({ from: 0, to: warmUp });
      const started = monotonic();
      await send({ from: warmUp, to: warmUp + events });
      return (events / (monotonic() - started)) * 1_000;
    } finally {
      await producer.disconnect();
    }
  },
  stop: () => undefined,
});

/** The headers and the value that Tramline writes. */
function messageOf(number: number): Message {
  const order = orderOf(number);
  const key = String(order.account);
  return {
    key,
    value: JSON.stringify(order),
    headers: {
      ce_specversion: '1.0',
      ce_id: randomUUID(),
      ce_type: ORDER_TOPIC,
      ce_source: 'bench',
      ce_time: new Date().toISOString(),
      ce_partitionkey: key,
      'content-type': 'application/json',
    },
  };
}
