import { randomUUID } from 'node:crypto';
import kafkajs, { type Message, type Producer } from 'kafkajs';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { Gatherer } from '../work/gatherer.ts';
import { kafkajsClient } from '../work/kafkajs-client.ts';
import { keepPace } from '../work/keep-pace.ts';
import { ORDER_TOPIC, orderOf } from '../work/order.ts';
import { callAll, type Stretch } from '../work/publish-all.ts';
import type { PacedPublishing, Publishing } from './tramline-kafka-publisher.ts';

const { brokers } = settingsOf<{ brokers: string }>();

serve({
  /** As the publisher of Tramline. */
  publish: ({ topic, warmUp, events, callers, batch }: Publishing): Promise<number> =>
    withProducer(async (producer) => {
      const send = ({ from, to }: Stretch) =>
        callAll({ from: from / batch, to: to / batch }, callers, (index) => {
          const messages = Array.from({ length: batch }, (_, at) => messageOf(index * batch + at));
          return producer.send({ topic, acks: -1, messages });
        });
      await send({ from: 0, to: warmUp });
      const started = monotonic();
      await send({ from: warmUp, to: warmUp + events });
      return (events / (monotonic() - started)) * 1_000;
    }),
  /** As the publisher of Tramline; one `send` after the other, each of what came meanwhile. */
  pace: ({ topic, ...pace }: PacedPublishing): Promise<readonly number[]> =>
    withProducer((producer) => {
      const gatherer = new Gatherer<Message>((messages) =>
        producer.send({ topic, acks: -1, messages: [...messages] }),
      );
      return keepPace(pace, async (number) => {
        const askedAt = monotonic();
        await gatherer.add(messageOf(number, topic));
        return askedAt;
      });
    }),
  stop: () => undefined,
});

async function withProducer<T>(work: (producer: Producer) => Promise<T>): Promise<T> {
  const producer = kafkajsClient(brokers).producer({
    idempotent: true,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    return await work(producer);
  } finally {
    await producer.disconnect();
  }
}

/** The headers and the value that Tramline writes. */
function messageOf(number: number, type = ORDER_TOPIC): Message {
  const order = orderOf(number);
  const key = String(order.account);
  return {
    key,
    value: JSON.stringify(order),
    headers: {
      ce_specversion: '1.0',
      ce_id: randomUUID(),
      ce_type: type,
      ce_source: 'bench',
      ce_time: new Date().toISOString(),
      ce_partitionkey: key,
      'content-type': 'application/json',
    },
  };
}
