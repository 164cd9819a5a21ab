import type { TopicPartition } from '@tramline/core';
import type { Connection } from './connection.js';
import { offsetAt } from './offsets.js';
import { recordTable } from './record-tables.js';
import { findPartition, type PartitionRow } from './topics.js';

/** Rows that one transaction deletes: publishers wait for no more. */
const MOST_ROWS = 500;

interface Trim {
  readonly partition: number;
  /** The first offset that stays. */
  readonly until: number;
}

/** Partitions that begin with records older than their topic's retention. Compacted topics keep theirs. */
export function findOld(read: Connection, now: number): Trim[] {
  const partitions = read.all<PartitionRow & { retention_ms: number }>(
    `SELECT partitions.id, number, start_offset, next_offset, retention_ms
       FROM partitions JOIN topics ON topics.id = topic_id
       WHERE cleanup = 'delete' AND retention_ms IS NOT NULL AND start_offset < next_offset`,
  );
  return partitions.flatMap((partition) => {
    const until = offsetAt(read, partition, now - partition.retention_ms);
    return until > partition.start_offset ? [{ partition: partition.id, until }] : [];
  });
}

/** Deletes the oldest of what lies below an offset. Answers whether more is left. @throws FailureError TRAMLINE_UNKNOWN_TOPIC */
export function trimBefore(write: Connection, target: TopicPartition, offset: number): boolean {
  const { id, next_offset: end } = findPartition(write, target);
  return trim(write, { partition: id, until: Math.min(offset, end) });
}

/** Deletes the oldest of what shall go. Answers whether more is left. The next offset is untouched, whatever goes. */
export function trim(write: Connection, { partition, until }: Trim): boolean {
  const start = write.get<{ start: number }>(
    'SELECT start_offset AS start FROM partitions WHERE id = ?',
    partition,
  )?.start;
  if (start === undefined || start >= until) return false;
  const next = Math.min(until, start + MOST_ROWS);
  write.run(`DELETE FROM ${recordTable(partition)} WHERE "offset" < ?`, next);
  write.run('DELETE FROM stretches WHERE partition_id = ? AND until_offset <= ?', partition, next);
  write.run('UPDATE partitions SET start_offset = ? WHERE id = ?', next, partition);
  return next < until;
}
