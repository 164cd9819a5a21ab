import { silentLog, systemClock, systemRandom } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { Arrivals } from './arrivals.ts';
import { orderIn } from './order.ts';

export interface TopicCheck {
  /** Which side wrote it, for people. */
  readonly what: string;
  readonly topic: string;
  readonly total: number;
  /** Whether orders of an account must lie in order. */
  readonly inOrder: boolean;
}

/**
 * Reads a topic from end to end.
 * @returns how many orders do not lie in order
 * @throws CheckError unless each of `total` orders lies in it once
 */
export async function checkTopic(
  brokers: string,
  { what, topic, total, inOrder }: TopicCheck,
): Promise<number> {
  const environment = { clock: systemClock, random: systemRandom, log: silentLog, clientId: 'check' };
  const transport = kafka({ brokers }).open(environment);
  const arrivals = new Arrivals(total, inOrder);
  try {
    const partitions = await transport.partitionCount(topic);
    for (let partition = 0; partition < partitions; partition++) {
      const range = { topic, partition, from: 0, to: Number.MAX_SAFE_INTEGER };
      for await (const records of transport.read(range)) {
        for (const { value } of records) arrivals.saw(orderIn(value!));
      }
    }
  } finally {
    await transport.close();
  }
  arrivals.check(what);
  return arrivals.outOfOrder;
}
