import type { OutboxEntry } from '@tramline/core/outbox';
import { bucketOf } from '../sql/bucket.js';

/** Of the positive numbers that the server takes for a lock. */
const HASHES = 2 ** 31;

/**
 * The locks that a call takes on its keys, each once and in ascending order, as everybody takes them. Different keys may share
 * one, which costs a wait and nothing else. 0 is the lock of the outbox.
 */
export function keyLocks(entries: readonly OutboxEntry[]): readonly number[] {
  const keyed = entries.filter(({ record }) => record.key !== null);
  return [...new Set(keyed.map((entry) => bucketOf(entry, HASHES) || 1))].sort((a, b) => a - b);
}
