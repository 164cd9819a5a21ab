import type { Lease } from '@tramline/core/outbox';
import { numberArray } from './context.js';
import type { Names } from './names.js';

/**
 * A table expression `fence (bucket)`: the buckets of leases whose epoch is still theirs; a relay writes in no others. Its
 * rows stay locked until the statement is through, so that no claim comes in between. In the order of buckets, as everybody
 * locks them. Takes two parameters, {@link fenceParams}.
 */
export const fence = ({ lease }: Names, first: number): string =>
  `fence AS MATERIALIZED (
    SELECT l.bucket FROM ${lease} l
    JOIN unnest($${first}::text::integer[], $${first + 1}::text::bigint[]) AS given (bucket, epoch)
      ON l.bucket = given.bucket AND l.epoch = given.epoch
    ORDER BY l.bucket FOR SHARE OF l)`;

/** @param rows - what the statement writes on: leases of other buckets are not locked */
export function fenceParams(
  leases: readonly Lease[],
  rows: readonly { readonly bucket: number }[],
): [buckets: string, epochs: string] {
  const touched = new Set(rows.map(({ bucket }) => bucket));
  const locked = leases.filter(({ bucket }) => touched.has(bucket));
  return [numberArray(locked.map(({ bucket }) => bucket)), numberArray(locked.map(({ epoch }) => epoch))];
}
