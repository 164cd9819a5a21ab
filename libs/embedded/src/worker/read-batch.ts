import { LAYOUT_WIDTH, type StoredBatch } from '../wire/stored.js';
import type { Connection } from './connection.js';
import { recordTable } from './record-tables.js';

/** A batch ends at whichever comes first; one record always fits. */
const MOST_RECORDS = 1_000;
const MOST_BYTES = 1024 * 1024;

interface LayoutRow {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: number;
  readonly headers: number;
  readonly value: number;
}

interface Contents {
  readonly keys: Uint8Array<ArrayBuffer>;
  readonly headers: Uint8Array<ArrayBuffer>;
  readonly bodies: Uint8Array<ArrayBuffer>;
}

/**
 * Reads records of a partition from `from`, below `to`, where `to` is at most the partition's end. Undefined when no
 * offset is left; a batch without records when only gaps are.
 *
 * First the lengths, then all bytes joined by SQLite into three blobs: three times as fast as fetching three small
 * buffers a record (measured), and ready to be handed to another thread. `group_concat` over blobs keeps every byte,
 * since it joins them as UTF-8 without looking, and the subquery gives the order. Both queries must see the same
 * records, whatever retention does meanwhile: call this in a snapshot.
 */
export function readBatch(
  read: Connection,
  partition: number,
  from: number,
  to: number,
): StoredBatch | undefined {
  if (from >= to) return undefined;
  const table = recordTable(partition);
  const rows = read.all<LayoutRow>(
    `SELECT "offset", timestamp, ifnull(length("key"), -1) AS "key", length(headers) AS headers, ifnull(length(value), -1) AS value
       FROM ${table} WHERE "offset" >= ? AND "offset" < ? ORDER BY "offset" LIMIT ${MOST_RECORDS}`,
    from,
    to,
  );
  const taken = rows.slice(0, countWithin(rows, MOST_BYTES));
  const last = taken.at(-1);
  if (!last) return { ...nothing(), nextOffset: to };
  const contents = read.get<Contents>(
    `SELECT CAST(ifnull(group_concat("key", ''), '') AS BLOB) AS keys, CAST(group_concat(headers, '') AS BLOB) AS headers,
            CAST(ifnull(group_concat(value, ''), '') AS BLOB) AS bodies
       FROM (SELECT "key", headers, value FROM ${table} WHERE "offset" >= ? AND "offset" <= ? ORDER BY "offset")`,
    from,
    last.offset,
  )!;
  // Fewer than asked for: nothing lies between the last record and `to`.
  const exhausted = rows.length < MOST_RECORDS && taken.length === rows.length;
  return {
    layout: layoutOf(taken),
    keys: contents.keys.buffer,
    headers: contents.headers.buffer,
    values: contents.bodies.buffer,
    nextOffset: exhausted ? to : last.offset + 1,
  };
}

function countWithin(rows: readonly LayoutRow[], limit: number): number {
  let bytes = 0;
  let count = 0;
  for (const { key, headers, value } of rows) {
    bytes += Math.max(0, key) + headers + Math.max(0, value);
    if (bytes > limit && count > 0) break;
    count++;
  }
  return count;
}

function layoutOf(rows: readonly LayoutRow[]): Float64Array<ArrayBuffer> {
  const layout = new Float64Array(rows.length * LAYOUT_WIDTH);
  let at = 0;
  for (const { offset, timestamp, key, headers, value } of rows) {
    layout[at++] = offset;
    layout[at++] = timestamp;
    layout[at++] = key;
    layout[at++] = headers;
    layout[at++] = value;
  }
  return layout;
}

const nothing = () => ({
  layout: new Float64Array(0),
  keys: new ArrayBuffer(0),
  headers: new ArrayBuffer(0),
  values: new ArrayBuffer(0),
});
