import { silentLog, systemClock, systemRandom } from '@tramline/core';
import { Arrivals } from './arrivals.ts';
import { transportOf } from './carriers.ts';
import type { Order } from './order.ts';
import type { Carrier } from './outbox-work.ts';

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
  carrier: Carrier,
  { what, topic, total, inOrder }: TopicCheck,
): Promise<number> {
  const environment = { clock: systemClock, random: systemRandom, log: silentLog, clientId: 'check' };
  const transport = transportOf(carrier).open(environment);
  const arrivals = new Arrivals(total, inOrder);
  try {
    const partitions = await transport.partitionCount(topic);
    for (let partition = 0; partition < partitions; partition++) {
      const range = { topic, partition, from: 0, to: Number.MAX_SAFE_INTEGER };
      for await (const records of transport.read(range)) {
        // Parsed: PostgreSQL's jsonb has another order of properties than JavaScript.
        for (const { value } of records) arrivals.saw(JSON.parse(Buffer.from(value!).toString()) as Order);
      }
    }
  } finally {
    await transport.close();
  }
  arrivals.check(what);
  return arrivals.outOfOrder;
}
