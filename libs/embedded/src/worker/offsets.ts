import type { AssignedPartition, PartitionOffsets } from '@tramline/core';
import { unknownTopic } from '../wire/failure.js';
import type { Connection } from './connection.js';
import { recordTable } from './record-tables.js';
import { findTopic, partitionsOfTopic, type PartitionRow } from './topics.js';

/** How many offsets one row of `stretches` speaks for. */
export const STRETCH = 1_024;

function partitions(connection: Connection, topic: string): PartitionRow[] {
  const found = findTopic(connection, topic);
  if (!found) throw unknownTopic(topic);
  return partitionsOfTopic(connection, found.id);
}

export function offsets(read: Connection, topic: string): PartitionOffsets[] {
  return partitions(read, topic).map((row) => ({
    partition: row.number,
    earliest: row.start_offset,
    end: row.next_offset,
  }));
}

export function offsetsAt(
  read: Connection,
  topic: string,
  timestamp: number,
): { partition: number; offset: number }[] {
  return partitions(read, topic).map((row) => ({
    partition: row.number,
    offset: offsetAt(read, row, timestamp),
  }));
}

/** The first offset whose timestamp is at or after `timestamp`; the end offset when there is none. */
export function offsetAt(connection: Connection, partition: PartitionRow, timestamp: number): number {
  const full = connection.get<{ until_offset: number }>(
    'SELECT until_offset FROM stretches WHERE partition_id = ? AND latest >= ? ORDER BY until_offset LIMIT 1',
    partition.id,
    timestamp,
  );
  const last = connection.get<{ until_offset: number }>(
    'SELECT until_offset FROM stretches WHERE partition_id = ? ORDER BY until_offset DESC LIMIT 1',
    partition.id,
  );
  const from = full ? full.until_offset - STRETCH : (last?.until_offset ?? 0);
  const row = connection.get<{ offset: number }>(
    `SELECT "offset" FROM ${recordTable(partition.id)} WHERE "offset" >= ? AND timestamp >= ? ORDER BY "offset" LIMIT 1`,
    Math.max(from, partition.start_offset),
    timestamp,
  );
  return row?.offset ?? partition.next_offset;
}

/** Notes the greatest timestamp of each stretch that an append has filled. */
export function noteStretches(write: Connection, partition: number, from: number, next: number): void {
  const first = Math.floor(from / STRETCH) + 1;
  for (let until = first * STRETCH; until <= next; until += STRETCH) {
    write.run(
      `INSERT INTO stretches SELECT ?, ?, max(timestamp) FROM ${recordTable(partition)}
         WHERE "offset" >= ? AND "offset" < ? HAVING count(*) > 0`,
      partition,
      until,
      until - STRETCH,
      until,
    );
  }
}

export function positions(
  read: Connection,
  groupId: number | null,
  ids: readonly number[],
): (AssignedPartition & { readonly id: number })[] {
  return ids.flatMap((id) => {
    const row = read.get<PartitionRow & { topic: string }>(
      `SELECT partitions.id, number, start_offset, next_offset, topics.name AS topic
         FROM partitions JOIN topics ON topics.id = topic_id WHERE partitions.id = ?`,
      id,
    );
    if (!row) return [];
    const committed = read.get<{ offset: number; metadata: string }>(
      'SELECT "offset", metadata FROM commits WHERE group_id = ? AND partition_id = ?',
      groupId,
      id,
    );
    const { topic, number: partition, start_offset: earliest, next_offset: end } = row;
    return [{ id, topic, partition, committed: committed ? { ...committed } : null, earliest, end }];
  });
}
