import type { Connection } from './connection.js';
import { recordTable } from './record-tables.js';

/** Records that one transaction looks at. */
const MOST_ROWS = 500;
/** How long a deletion (a record without a value) can be read before it goes too, as in Kafka. */
const TOMBSTONES_FOR_MS = 24 * 3_600_000;

/** Partitions of compacted topics that have records nobody has compared yet, or deletions that are old. */
export function findUncompacted(read: Connection, now: number): number[] {
  const partitions = read.all<{ id: number; compacted_to: number; next_offset: number }>(
    `SELECT partitions.id, compacted_to, next_offset
       FROM partitions JOIN topics ON topics.id = topic_id WHERE cleanup = 'compact'`,
  );
  return partitions
    .filter(
      ({ id, compacted_to, next_offset }) => compacted_to < next_offset || hasOldTombstone(read, id, now),
    )
    .map(({ id }) => id);
}

function hasOldTombstone(read: Connection, partition: number, now: number): boolean {
  const sql = `SELECT 1 FROM ${recordTable(partition)} WHERE value IS NULL AND timestamp < ? AND "key" IS NOT NULL LIMIT 1`;
  return read.get(sql, now - TOMBSTONES_FOR_MS) !== undefined;
}

/** Deletes what the next records replace, key by key. Answers whether more is left. Records without a key stay. */
export function compact(write: Connection, partition: number, now: number): boolean {
  const row = write.get<{ compacted_to: number; next_offset: number }>(
    'SELECT compacted_to, next_offset FROM partitions WHERE id = ?',
    partition,
  );
  if (!row) return false;
  const table = recordTable(partition);
  const until = Math.min(row.next_offset, row.compacted_to + MOST_ROWS);
  write.run(
    `DELETE FROM ${table} WHERE "offset" IN (
       SELECT older."offset" FROM ${table} AS newer
         JOIN ${table} AS older ON older."key" = newer."key" AND older."offset" < newer."offset"
         WHERE newer."offset" >= ? AND newer."offset" < ?)`,
    row.compacted_to,
    until,
  );
  write.run('UPDATE partitions SET compacted_to = ? WHERE id = ?', until, partition);
  write.run(
    `DELETE FROM ${table} WHERE "offset" IN (
       SELECT "offset" FROM ${table}
         WHERE value IS NULL AND timestamp < ? AND "key" IS NOT NULL AND "offset" < ? LIMIT ${MOST_ROWS})`,
    now - TOMBSTONES_FOR_MS,
    until,
  );
  return until < row.next_offset;
}
