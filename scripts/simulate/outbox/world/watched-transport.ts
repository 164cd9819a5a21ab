import { sleep, TransportError, type Appended, type Clock, type Transport } from '@tramline/core';
import type { MemoryTransport } from '@tramline/testing';
import { idOf } from '../oracle/oracle.ts';
import { TOPICS } from '../scenario/scenario.ts';
import type { World } from './world.ts';

/** The memory transport as one process sees it, watched; and its broker takes no large records. */
export function watchedTransport(
  inner: MemoryTransport,
  process: string,
  clock: Clock,
  world: World,
): Transport {
  const { oracle, troubles, scenario } = world;
  return {
    name: inner.name,
    capabilities: inner.capabilities,
    topics: inner.topics,
    groups: inner.groups,
    partitionCount: (topic) => inner.partitionCount(topic),
    consume: (options, listener) => inner.consume(options, listener),
    read: (range) => inner.read(range),
    close: () => inner.close(),
    async append(target, records, options): Promise<Appended> {
      oracle.trace.add(
        `${process} appends ${records.map(idOf).join(', ')} to ${target.topic}/${target.partition}`,
      );
      oracle.flies(process, records, options.timeoutMs);
      // One topic is slower than the other, so that not all flights of a page end together.
      let takes = scenario.append * (target.topic === TOPICS[0] ? 1 : 4);
      for (const slow of world.slow) takes += slow.get(target.topic) ?? 0;
      if (takes > 0) await sleep(clock, Math.min(takes, options.timeoutMs - 50));
      if (records.some((record) => oracle.events.get(idOf(record))!.large))
        throw new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'The broker takes no record as large.');
      try {
        return await inner.append(target, records, options);
      } catch (error) {
        troubles.hit(target.topic);
        oracle.doubt(records);
        const refused = (error as TransportError).code === 'TRAMLINE_REFUSED';
        if (refused && world.refusalMs > 0) await sleep(clock, world.refusalMs);
        throw error;
      }
    },
  };
}
