import {
  partitionName,
  type Appended,
  type Membership,
  type OutgoingRecord,
  type ReadRange,
  type Transport,
} from '@tramline/core';
import type { MemoryTransport } from '@tramline/testing';
import type { Oracle } from '../oracle/oracle.ts';
import type { SimProcess } from './sim-process.ts';
import { TaggedMembership } from './tagged-membership.ts';
import { tagged } from './tagged.ts';

/**
 * The memory transport as one process sees it, watched: tells the oracle of everything that goes over the port, and puts
 * into each delivered record's headers which record it is. Copies in tiers and dead letters keep that header, so that each
 * says which delivery led to it.
 */
export function taggedTransport(inner: MemoryTransport, process: SimProcess, oracle: Oracle): Transport {
  const { publishTimeout } = process.scenario;
  return {
    name: inner.name,
    capabilities: inner.capabilities,
    topics: inner.topics,
    groups: inner.groups,
    partitionCount: (topic) => inner.partitionCount(topic),
    close: () => inner.close(),
    async append(target, records, options): Promise<Appended> {
      const began = oracle.journal.monotonic();
      // Whoever waits for a record may give up, send it again, and see both land: after any failure, or a long flight.
      const doubt = () => {
        process.doubts.add(target.topic);
        oracle.journal.doubted.add(target.topic);
      };
      try {
        const appended = await inner.append(target, records, options);
        records.forEach((_: OutgoingRecord, index) =>
          oracle.copies.acknowledged(`${partitionName(target)}/${appended.baseOffset + index}`),
        );
        if (oracle.journal.monotonic() - began >= publishTimeout) doubt();
        return appended;
      } catch (error) {
        doubt();
        throw error;
      }
    },
    consume(options, listener): Membership {
      return new TaggedMembership(inner, options, listener, process, oracle);
    },
    async *read(range: ReadRange) {
      for await (const batch of inner.read(range)) yield batch.map((record) => tagged(record, ''));
    },
  };
}
