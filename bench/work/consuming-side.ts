import type { Child } from '../run/child.ts';
import type { Side } from '../run/compare.ts';
import { refuse } from './arrivals.ts';
import type { Consumed, Consuming } from './consuming.ts';
import type { KafkaTopics } from './kafka-topics.ts';

/**
 * A side that reads a whole topic, in a process that is idle, without a connection, while the other side is measured.
 * @param work - what `method` is asked, without the group
 */
export function consumingSide<Work extends Omit<Consuming, 'group'>>(
  name: string,
  child: Child,
  method: string,
  topics: KafkaTopics,
  work: Work,
): Side {
  return {
    name,
    async measure() {
      const { perSecond, faults } = await child.ask<Consumed>(method, {
        ...work,
        group: topics.name('group'),
      });
      refuse(name, faults);
      return perSecond;
    },
  };
}
