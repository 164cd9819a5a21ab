import type { OutboxEntry } from '@tramline/core/outbox';
import { bucketOf } from '../sql/bucket.js';

const RANGE = 2 ** 31;

/** What a row's bucket and its key's lock are made of: 0 to 2^31 - 1. The bucket is its remainder by the count of buckets. */
export const hashOf = (entry: OutboxEntry): number => bucketOf(entry, RANGE);

/**
 * The locks that a call takes on its keys, each once and in ascending order, as everybody takes them. Different keys may share
 * one, which costs a wait and nothing else. 0 is the lock of the outbox.
 */
export function keyLocks(entries: readonly OutboxEntry[]): readonly number[] {
  const keyed = entries.filter(({ record }) => record.key !== null);
  return [...new Set(keyed.map((entry) => hashOf(entry) || 1))].sort((a, b) => a - b);
}
