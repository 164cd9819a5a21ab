import { silentLog, systemClock, systemRandom } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { Arrivals } from './arrivals.ts';
import { orderIn } from './order.ts';

/** Reads a topic from end to end. @throws CheckError unless each of `total` orders lies in it once, those of an account in order */
export async function checkTopic(what: string, brokers: string, topic: string, total: number): Promise<void> {
  const environment = { clock: systemClock, random: systemRandom, log: silentLog, clientId: 'check' };
  const transport = kafka({ brokers }).open(environment);
  const arrivals = new Arrivals(total);
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
}
