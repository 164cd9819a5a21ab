import type { OutgoingRecord, StoredRecord } from '@tramline/core';
import type { DatabaseWatcher, ModelDatabase } from '@tramline/testing/outbox';
import { Trace } from '../../oracle/trace.ts';
import type { EventRecord } from './events.ts';
import type { Troubles } from './troubles.ts';

/** A row that was refused so often is dead. */
const MOST_ATTEMPTS = 24;

/** What the oracle asks of the world. */
export interface OracleWorld {
  readonly database: ModelDatabase;
  readonly troubles: Troubles;
  now(): number;
}

/** Sees all that is written to the database and to the broker, and knows every rule. */
export class Oracle {
  readonly trace: Trace;
  readonly events = new Map<string, EventRecord>();
  readonly #commits = new Map<string, EventRecord[]>();
  readonly #world: OracleWorld;

  constructor(world: OracleWorld) {
    this.#world = world;
    this.trace = new Trace(() => world.now());
  }

  /** Somebody is about to write it, in a transaction that may commit or not. */
  written(event: Pick<EventRecord, 'id' | 'topic' | 'key' | 'ordered' | 'large'>): void {
    this.events.set(event.id, {
      ...event,
      ...{ committedAt: undefined, dueAt: undefined, readyAt: Infinity, bucket: undefined, rowId: undefined },
      ...{ firstAt: undefined, lastAt: undefined, doubtful: false, revived: false },
    });
  }

  readonly watcher: DatabaseWatcher = {
    committed: (rows, scheduled) => {
      const now = this.#world.now();
      for (const { id, dueAt } of scheduled) {
        const event = this.events.get(id)!;
        event.committedAt = now;
        event.dueAt = dueAt;
        this.trace.add(`${id} is committed, due at ${dueAt}`);
      }
      for (const { id, rowId, bucket } of rows) {
        const event = this.events.get(id)!;
        event.readyAt = now;
        event.bucket = bucket;
        event.rowId = rowId;
        this.trace.add(`${id} is committed as row ${rowId} of bucket ${bucket}`);
        if (event.committedAt !== undefined) {
          if (event.dueAt === undefined) event.revived = true;
          else if (now < event.dueAt) this.trace.broken('early', `${id} was moved before ${event.dueAt}`);
          continue;
        }
        event.committedAt = now;
        if (event.ordered && event.key !== null) this.#commitsOf(event).push(event);
      }
    },
    wrote: (process, statement, rows) => {
      this.trace.add(`${process} writes ${statement} of rows ${rows.map(({ rowId }) => rowId).join(', ')}`);
      for (const { rowId, bucket } of rows) {
        if (statement === 'bury') this.#buried(rowId);
        const owner = this.#world.database.leases[bucket]!.owner;
        if (owner === null || owner.startsWith(`${process}-`)) continue;
        this.trace.broken(
          'fence',
          `${statement} of row ${rowId} by ${process}, but bucket ${bucket} is ${owner}'s`,
        );
      }
    },
  };

  /** A relay hands a batch to the transport. */
  flies(process: string, records: readonly OutgoingRecord[], timeoutMs: number): void {
    for (const record of records) {
      const { id, bucket } = this.events.get(idOf(record))!;
      if (bucket === undefined) continue;
      const lease = this.#world.database.leases[bucket]!;
      const left = lease.expiresAt - this.#world.database.now();
      if (lease.owner?.startsWith(`${process}-`) && left >= timeoutMs && timeoutMs > 0) continue;
      this.trace.broken(
        'flight without lease',
        `${id} flies for up to ${timeoutMs} ms from ${process}; bucket ${bucket} is ${lease.owner}'s for ${left} ms`,
      );
    }
  }

  /** An append failed, and what became of it is not known. */
  doubt(records: readonly OutgoingRecord[]): void {
    for (const record of records) this.events.get(idOf(record))!.doubtful = true;
  }

  /** A record lies in the log. */
  appended(record: StoredRecord): void {
    const now = this.#world.now();
    const id = idOf(record);
    const event = this.events.get(id);
    this.trace.add(`${id} lies in ${record.topic}/${record.partition}/${record.offset}`);
    if (event?.committedAt === undefined)
      return this.trace.broken('rolled back', `${id} was published, but is not committed`);
    if (event.dueAt !== undefined && now < event.dueAt)
      this.trace.broken('early', `${id} is due at ${event.dueAt}`);
    if (event.firstAt === undefined) this.#first(event);
    else if (!event.doubtful && !event.revived && !this.#world.troubles.since(event.lastAt!))
      this.trace.broken('repeat', `${id} was there since ${event.firstAt}, and nothing had happened`);
    event.lastAt = now;
  }

  /** Events that are committed and neither in the log, nor dead, nor discarded, nor known to the table. */
  *missing(): Generator<string> {
    const { database } = this.#world;
    const known = new Set([...database.rows.map(({ id }) => id), ...database.scheduled]);
    for (const { id, committedAt, firstAt } of this.events.values()) {
      if (committedAt !== undefined && firstAt === undefined && !known.has(id)) yield id;
    }
  }

  #first(event: EventRecord): void {
    event.firstAt = this.#world.now();
    if (!event.ordered || event.key === null || event.dueAt !== undefined || event.revived) return;
    const commits = this.#commitsOf(event);
    for (const before of commits.slice(0, commits.indexOf(event))) {
      if (before.firstAt !== undefined || before.large || before.revived || this.#isDead(before.id)) continue;
      this.trace.broken(
        'order',
        `${event.id} appears before ${before.id} of the same key, committed earlier`,
      );
      return;
    }
  }

  #buried(rowId: number): void {
    const row = this.#world.database.rows.find((found) => found.rowId === rowId)!;
    if (this.events.get(row.id)!.large || row.attempts + 1 >= MOST_ATTEMPTS) return;
    this.trace.broken('dead', `${row.id} was set aside after ${row.attempts} attempts, and could be sent`);
  }

  #isDead(id: string): boolean {
    return this.#world.database.rows.some((row) => row.id === id && row.state === 'dead');
  }

  #commitsOf({ topic, key }: EventRecord): EventRecord[] {
    const name = `${topic} ${key}`;
    let commits = this.#commits.get(name);
    if (!commits) this.#commits.set(name, (commits = []));
    return commits;
  }
}

export function idOf({ headers }: Pick<OutgoingRecord, 'headers'>): string {
  const header = headers.find(([name]) => name === 'ce_id');
  return Buffer.from(header?.[1] ?? []).toString();
}
