import { silentLog, systemClock, systemRandom, type CommitEntry, type Membership } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import type { Arrivals } from './arrivals.ts';
import { ORDER_TOPIC, type Order } from './order.ts';

const COMMIT_EVERY_MS = 500;

/**
 * The least that somebody has to write who consumes without the runtime: no handlers, no retries, no dead letters, no
 * concurrency. Answers how to stop it.
 */
export async function bareLoop(
  directory: string,
  group: string,
  arrivals: Arrivals,
): Promise<() => Promise<void>> {
  const environment = { clock: systemClock, random: systemRandom, log: silentLog, clientId: group };
  const transport = embedded({ directory }).open(environment);
  const done = new Map<number, CommitEntry>();
  let committing = Promise.resolve();
  const commit = () => (committing = committing.then(() => commitAll(membership, done)));
  const membership: Membership = transport.consume(
    { group, topics: [ORDER_TOPIC], broadcast: false, sessionTimeoutMs: 6_000, clientId: group },
    {
      assigned: async (partitions) =>
        partitions.map(({ topic, partition, committed, earliest }) => ({
          topic,
          partition,
          offset: committed?.offset ?? earliest,
        })),
      revoked: commit,
      lost: () => {},
      records({ topic, partition, records, nextOffset }) {
        for (const { value } of records) {
          arrivals.saw(JSON.parse(textOf(value!)) as Order);
        }
        done.set(partition, { topic, partition, offset: nextOffset, metadata: '' });
      },
      outOfRange: () => {},
      status: (status) => {
        if (status.kind === 'failed') throw status.error;
      },
    },
  );
  const timer = setInterval(() => void commit(), COMMIT_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await membership.close();
    await transport.close();
  };
}

async function commitAll(membership: Membership, done: Map<number, CommitEntry>): Promise<void> {
  const entries = [...done.values()];
  done.clear();
  if (entries.length > 0) await membership.commit(entries);
}

/** Without a copy of the bytes. */
function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
