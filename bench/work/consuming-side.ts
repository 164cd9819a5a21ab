import type { Child } from '../run/child.ts';
import type { Side } from '../run/compare.ts';
import { CheckError } from './arrivals.ts';
import type { Consumed, Consuming } from './consuming.ts';
import type { KafkaTopics } from './kafka-topics.ts';

/** A side that reads a whole topic, in a process that is idle, without a connection, while the other side is measured. */
export function consumingSide(
  name: string,
  child: Child,
  method: string,
  topics: KafkaTopics,
  { topic, total }: Pick<Consuming, 'topic' | 'total'>,
): Side {
  return {
    name,
    async measure() {
      const work: Consuming = { topic, group: topics.name('group'), total };
      const { perSecond, faults } = await child.ask<Consumed>(method, work);
      if (faults !== undefined) throw new CheckError(`${name}: ${faults}.`);
      return perSecond;
    },
  };
}
