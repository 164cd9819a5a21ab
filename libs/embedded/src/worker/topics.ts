import type { TopicChange, TopicDescription, TopicPartition } from '@tramline/core';
import { unknownPartition, unknownTopic } from '../wire/failure.js';
import type { Holding, NewTopic } from '../wire/messages.js';
import type { Connection } from './connection.js';
import { createRecordTable, dropRecordTable } from './record-tables.js';

interface TopicRow {
  readonly id: number;
  readonly name: string;
  readonly cleanup: 'delete' | 'compact';
  readonly retention_ms: number | null;
  readonly max_record_bytes: number;
  readonly partitions: number;
}

export interface PartitionRow {
  readonly id: number;
  readonly number: number;
  readonly start_offset: number;
  readonly next_offset: number;
}

export function createTopics(write: Connection, topics: readonly NewTopic[]): void {
  for (const topic of topics) {
    const exists = write.get('SELECT 1 FROM topics WHERE name = ?', topic.name);
    if (exists) continue;
    const id = write.insert(
      'INSERT INTO topics (name, cleanup, retention_ms, max_record_bytes) VALUES (?, ?, ?, ?)',
      topic.name,
      topic.cleanup,
      topic.retentionMs,
      topic.maxRecordBytes,
    );
    addPartitions(write, id, topic.cleanup, 0, topic.partitions);
    countChange(write);
  }
}

export function growTopic(write: Connection, name: string, partitions: number): void {
  const topic = findTopic(write, name);
  if (!topic) throw unknownTopic(name);
  if (partitions <= topic.partitions) return;
  addPartitions(write, topic.id, topic.cleanup, topic.partitions, partitions);
  countChange(write);
}

export function alterTopic(write: Connection, name: string, change: TopicChange): void {
  const topic = findTopic(write, name);
  if (!topic) throw unknownTopic(name);
  const { retentionMs = topic.retention_ms, maxRecordBytes = topic.max_record_bytes } = change;
  write.run(
    'UPDATE topics SET retention_ms = ?, max_record_bytes = ? WHERE id = ?',
    retentionMs,
    maxRecordBytes,
    topic.id,
  );
  // Who appends remembers the largest record that a topic takes.
  countChange(write);
}

export function deleteTopics(write: Connection, names: readonly string[]): void {
  for (const name of names) {
    const topic = findTopic(write, name);
    if (!topic) continue;
    for (const { id } of partitionsOfTopic(write, topic.id)) {
      dropRecordTable(write, id);
      for (const table of ['stretches', 'assignments', 'commits']) {
        write.run(`DELETE FROM ${table} WHERE partition_id = ?`, id);
      }
    }
    write.run('DELETE FROM partitions WHERE topic_id = ?', topic.id);
    write.run('DELETE FROM topics WHERE id = ?', topic.id);
    countChange(write);
  }
}

function addPartitions(
  write: Connection,
  topic: number,
  cleanup: NewTopic['cleanup'],
  from: number,
  to: number,
): void {
  for (let number = from; number < to; number++) {
    const id = write.insert('INSERT INTO partitions (topic_id, number) VALUES (?, ?)', topic, number);
    createRecordTable(write, id, cleanup);
  }
}

/** Rises whenever topics or partitions come, go or change, in any process. */
export function topicsVersion(connection: Connection): number {
  return connection.get<{ value: number }>("SELECT value FROM counters WHERE name = 'topics'")!.value;
}

function countChange(write: Connection): void {
  write.run("UPDATE counters SET value = value + 1 WHERE name = 'topics'");
}

export function findTopic(connection: Connection, name: string): TopicRow | undefined {
  return connection.get<TopicRow>(
    `SELECT topics.*, (SELECT count(*) FROM partitions WHERE topic_id = topics.id) AS partitions
       FROM topics WHERE name = ?`,
    name,
  );
}

export function partitionsOfTopic(connection: Connection, topic: number): PartitionRow[] {
  return connection.all<PartitionRow>(
    'SELECT id, number, start_offset, next_offset FROM partitions WHERE topic_id = ? ORDER BY number',
    topic,
  );
}

export function findPartition(connection: Connection, { topic, partition }: TopicPartition): PartitionRow {
  const row = connection.get<PartitionRow>(
    `SELECT partitions.id, number, start_offset, next_offset
       FROM partitions JOIN topics ON topics.id = topic_id WHERE name = ? AND number = ?`,
    topic,
    partition,
  );
  if (row) return row;
  throw findTopic(connection, topic) ? unknownPartition(topic, partition) : unknownTopic(topic);
}

export function listTopics(read: Connection, prefix: string): string[] {
  const rows = read.all<{ name: string }>('SELECT name FROM topics ORDER BY name');
  return rows.map((row) => row.name).filter((name) => name.startsWith(prefix));
}

export function describeTopics(read: Connection, names: readonly string[]): TopicDescription[] {
  return names.flatMap((name) => {
    const row = findTopic(read, name);
    if (!row) return [];
    const { partitions, cleanup, retention_ms: retentionMs, max_record_bytes: maxRecordBytes } = row;
    return [{ name, partitions, replication: 1, cleanup, retentionMs, maxRecordBytes }];
  });
}

/** Every partition of those of the topics that exist. */
export function partitionsOf(read: Connection, topics: readonly string[]): Holding[] {
  return [...new Set(topics)].flatMap((name) => {
    const topic = findTopic(read, name);
    if (!topic) return [];
    return partitionsOfTopic(read, topic.id).map(({ id, number }) => ({
      id,
      topic: name,
      partition: number,
      epoch: 0,
      askedBack: false,
    }));
  });
}
