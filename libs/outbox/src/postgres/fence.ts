import type { Lease, OutboxRow } from '@tramline/core/outbox';
import { numberArray, textArray } from './context.js';
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

/** A table expression `given (id, event_id)`: the rows that a relay names. Takes two parameters, {@link givenParams}. */
export const given = (first: number): string =>
  `given AS MATERIALIZED (
    SELECT * FROM unnest($${first}::text::bigint[], $${first + 1}::text::text[]) AS g (id, event_id))`;

export function givenParams(rows: readonly OutboxRow[]): [rowIds: string, eventIds: string] {
  return [numberArray(rows.map(({ rowId }) => rowId)), textArray(rows.map(({ id }) => id))];
}

/**
 * Finds the pending rows `o` of `given` in the buckets of `fence`. Both as arrays that are made while the statement runs: the
 * planner takes them for short and goes by the primary key, whatever its statistics say.
 */
export const isGiven = `o.id = ANY (ARRAY(SELECT id FROM given)) AND o.bucket = ANY (ARRAY(SELECT bucket FROM fence))
      AND o.state = 0 AND o.id = given.id AND o.event_id = given.event_id`;
