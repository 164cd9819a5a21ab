import type { ReadRange, StoredRecord } from '@tramline/core';
import { unpackStored, type StoredBatch } from './wire/stored.js';
import type { WorkerLink } from './worker-link.js';

/** Reads a range of one partition, the next batch while the last is being looked at. */
export async function* readRange(
  link: WorkerLink,
  range: ReadRange,
): AsyncGenerator<readonly StoredRecord[]> {
  const { topic, partition, signal } = range;
  signal?.throwIfAborted();
  const { id, earliest, end } = await link.call('bounds', { topic, partition });
  const to = Math.min(range.to, end);
  const next = (from: number): Promise<StoredBatch | undefined> => link.call('readBatch', id, from, to);
  let coming = next(Math.max(range.from, earliest));
  for (;;) {
    const batch = await coming;
    signal?.throwIfAborted();
    if (!batch) return;
    coming = next(batch.nextOffset);
    // Nobody may come for it: the caller can stop at any batch.
    coming.catch(() => {});
    if (batch.layout.length > 0) yield unpackStored(batch, range);
    signal?.throwIfAborted();
  }
}
