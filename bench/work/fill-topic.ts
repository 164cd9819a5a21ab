import {
  defineEvent,
  murmurPartitioner,
  silentLog,
  systemClock,
  systemRandom,
  type OutgoingRecord,
} from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { orderOf, type Order } from './order.ts';
import { publishAll } from './publish-all.ts';
import { withPublisher } from './with-publisher.ts';

const CALLERS = 1_000;
/** Well below the batch that a broker accepts. */
const BATCH = 1_000;

/** Publishes orders 0 to `total - 1` into a topic, whose name is their type. */
export async function fillTopic(brokers: string, topic: string, total: number): Promise<void> {
  const contract = defineEvent<Order>(topic, { key: 'account' });
  await withPublisher(brokers, contract, (events) =>
    publishAll(events, { from: 0, to: total }, CALLERS, undefined, contract),
  );
}

/** The same as other clients may write them: key and JSON, and no headers. */
export async function fillPlainTopic(
  brokers: string,
  topic: string,
  total: number,
  order: (number: number) => Order = orderOf,
): Promise<void> {
  const environment = { clock: systemClock, random: systemRandom, log: silentLog, clientId: 'fill' };
  const transport = kafka({ brokers }).open(environment);
  const waiting: OutgoingRecord[][] = [];
  const append = async (partition: number) => {
    const records = waiting[partition]?.splice(0) ?? [];
    if (records.length > 0) await transport.append({ topic, partition }, records, { timeoutMs: 30_000 });
  };
  try {
    const partitions = await transport.partitionCount(topic);
    for (let number = 0; number < total; number++) {
      const filled = order(number);
      const key = Buffer.from(String(filled.account));
      const partition = murmurPartitioner(key, partitions, topic);
      const records = (waiting[partition] ??= []);
      records.push({ key, value: Buffer.from(JSON.stringify(filled)), headers: [] });
      if (records.length === BATCH) await append(partition);
    }
    await Promise.all(Array.from({ length: partitions }, (_, partition) => append(partition)));
  } finally {
    await transport.close();
  }
}
