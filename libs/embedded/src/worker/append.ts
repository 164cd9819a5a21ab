import type { Appended, TopicPartition } from '@tramline/core';
import type { StatementSync } from 'node:sqlite';
import { FailureError, unknownPartition, unknownTopic } from '../wire/failure.js';
import type { AppendRequest } from '../wire/messages.js';
import { unpackRecords } from '../wire/outgoing.js';
import type { Connection } from './connection.js';
import { noteStretches } from './offsets.js';
import { recordTable } from './record-tables.js';
import { findTopic, partitionsOfTopic, topicsVersion } from './topics.js';

/** A partition that this process appends to. */
interface Target {
  readonly id: number;
  readonly insert: StatementSync;
  /** In the running transaction: the end before it, and the next offset to give. Undefined while untouched. */
  from: number | undefined;
  next: number;
}

interface TopicTargets {
  readonly maxRecordBytes: number;
  readonly partitions: readonly Target[];
}

/**
 * Appends within the transactions of the writer, several to each. What it remembers of topics is checked against their
 * version once a transaction; next offsets are read once and written once per partition and transaction.
 */
export class Appender {
  readonly #topics = new Map<string, TopicTargets>();
  #version = -1;
  #touched: Target[] = [];

  constructor(private readonly write: Connection) {}

  begin(): void {
    for (const target of this.#touched) target.from = undefined;
    this.#touched = [];
    const version = topicsVersion(this.write);
    if (version === this.#version) return;
    this.#version = version;
    this.#topics.clear();
    this.write.forget();
  }

  /** Checks everything before it writes anything, so that a bad append does not spoil those that share its transaction. */
  append(request: AppendRequest, records: Buffer, at: number): Appended {
    const target = this.#target(request.target, request.largest);
    if (target.from === undefined) this.#touch(target);
    const baseOffset = target.next;
    const timestamp = Date.now();
    unpackRecords(records, at, request.count, timestamp, (time, key, headers, value) => {
      target.insert.run(target.next++, time, key, headers, value);
    });
    return { baseOffset, timestamp };
  }

  /** Stores the new ends. Answers them by partition id, for whoever waits for records. */
  finish(): ReadonlyMap<number, number> {
    const ends = new Map<number, number>();
    for (const { id, from, next } of this.#touched) {
      this.write.run('UPDATE partitions SET next_offset = ? WHERE id = ?', next, id);
      noteStretches(this.write, id, from!, next);
      ends.set(id, next);
    }
    return ends;
  }

  #touch(target: Target): void {
    target.next = this.write.get<{ next_offset: number }>(
      'SELECT next_offset FROM partitions WHERE id = ?',
      target.id,
    )!.next_offset;
    target.from = target.next;
    this.#touched.push(target);
  }

  #target({ topic, partition }: TopicPartition, largest: number): Target {
    let targets = this.#topics.get(topic);
    if (!targets) {
      targets = this.#load(topic);
      this.#topics.set(topic, targets);
    }
    if (largest > targets.maxRecordBytes) {
      throw new FailureError(
        'TRAMLINE_RECORD_TOO_LARGE',
        `A record of ${largest} bytes is larger than topic "${topic}" allows (${targets.maxRecordBytes}). ` +
          'Send less, or create the topic with a larger maxRecordBytes.',
      );
    }
    const target = targets.partitions[partition];
    if (!target) throw unknownPartition(topic, partition);
    return target;
  }

  #load(topic: string): TopicTargets {
    const row = findTopic(this.write, topic);
    if (!row) throw unknownTopic(topic);
    const partitions = partitionsOfTopic(this.write, row.id).map(({ id }): Target => {
      const insert = this.write.statement(
        `INSERT INTO ${recordTable(id)} ("offset", timestamp, "key", headers, value) VALUES (?, ?, ?, ?, ?)`,
      );
      return { id, insert, from: undefined, next: 0 };
    });
    return { maxRecordBytes: row.max_record_bytes, partitions };
  }
}
