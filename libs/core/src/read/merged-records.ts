import type { StoredRecord } from '../transport/records.js';
import type { Transport } from '../transport/transport.js';
import { PartitionCursor, type Stretch } from './partition-cursor.js';

/**
 * The wanted records of several partitions, merged by time of writing; those of one partition in their order. Memory is
 * bounded by one batch of the transport per partition. Leaving the loop early lets go of everything.
 */
export async function* mergedRecords(
  transport: Transport,
  stretches: readonly Stretch[],
  isWanted: (record: StoredRecord) => boolean,
  signal?: AbortSignal,
): AsyncGenerator<StoredRecord, void, undefined> {
  const ending = new AbortController();
  const either = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  const cursors = stretches.map((stretch) => new PartitionCursor(transport, stretch, isWanted, either));
  try {
    await Promise.all(cursors.map(async (cursor) => cursor.next()));
    for (;;) {
      signal?.throwIfAborted();
      const first = earliest(cursors);
      if (!first) return;
      yield first.current!;
      const loading = first.next();
      // Most steps stay within a batch: awaiting nothing would cost each of them a turn of the promise queue.
      if (loading) await loading;
    }
  } finally {
    ending.abort();
    await Promise.allSettled(cursors.map((cursor) => cursor.close()));
  }
}

/** The cursor whose record was written first; of equal ones that of the lowest partition. */
function earliest(cursors: readonly PartitionCursor[]): PartitionCursor | undefined {
  let first: PartitionCursor | undefined;
  for (const cursor of cursors) {
    if (cursor.current && (!first || cursor.current.timestamp < first.current!.timestamp)) first = cursor;
  }
  return first;
}
