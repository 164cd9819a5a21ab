import { TransportError, type Appended, type Transport } from '@tramline/core';
import type { MemoryTransport } from '@tramline/testing';
import { idOf } from '../oracle/oracle.ts';
import type { World } from './world.ts';

/** The memory transport as one process sees it, watched; and its broker takes no large records. */
export function watchedTransport(inner: MemoryTransport, process: string, world: World): Transport {
  const { oracle, troubles } = world;
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
      if (records.some((record) => oracle.events.get(idOf(record))!.large))
        throw new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'The broker takes no record as large.');
      try {
        return await inner.append(target, records, options);
      } catch (error) {
        troubles.hit(target.topic);
        oracle.doubt(records);
        throw error;
      }
    },
  };
}
