import { OutboxError, systemClock, type Clock } from '@tramline/core';
import { away } from './errors.js';
import { StatementFaults } from './faults.js';
import { Leasing } from './leasing.js';
import { Locks } from './locks.js';
import { Moving } from './moving.js';
import { Relaying } from './relaying.js';
import { ModelSession } from './session.js';
import { Tables, type StoredRow } from './tables.js';
import type { WireServer } from './wire.js';

/** Writes of relays that are fenced by leases. */
export type FencedStatement = 'settle' | 'hold' | 'lift' | 'bury';

/** Sees what is written, at the moment it is. Must not throw. */
export interface DatabaseWatcher {
  /** Rows with their ids, and scheduled ones; a transaction with neither is not told. */
  committed?(
    rows: readonly StoredRow[],
    scheduled: readonly { readonly id: string; readonly dueAt: number }[],
  ): void;
  /** What a fenced write changed, and who made it. */
  wrote?(
    process: string,
    statement: FencedStatement,
    rows: readonly { readonly rowId: number; readonly bucket: number }[],
  ): void;
}

/** The database as it sees itself: at once, without a wire between. */
export class DatabaseCore implements WireServer {
  readonly tables: Tables;
  readonly faults = new StatementFaults();
  readonly locks = new Locks<ModelSession>();
  readonly leasing: Leasing;
  readonly relaying: Relaying;
  readonly moving: Moving;
  readonly watchers = new Set<DatabaseWatcher>();
  readonly #open = new Set<ModelSession>();
  readonly #mine = new WeakSet<ModelSession>();
  #away = false;
  #begun = 0;

  constructor(
    readonly clock: Clock = systemClock,
    buckets: number,
    private readonly schema: 'missing' | 'older' | 'newer' | 'right',
    readonly latencyMs = 0,
  ) {
    const now = () => this.now();
    this.tables = new Tables(buckets);
    this.leasing = new Leasing(this.tables, now);
    this.relaying = new Relaying(this.tables, now);
    this.moving = new Moving(this);
  }

  get away(): boolean {
    return this.#away;
  }

  /** Time of the database, which has nothing to do with anybody's wall clock. */
  now(): number {
    return this.clock.monotonic();
  }

  /** A restart: what is open is rolled back. */
  setAway(value: boolean): void {
    this.#away = value;
    if (value) for (const session of [...this.#open]) session.rollback();
  }

  begin(): ModelSession {
    if (this.#away) throw away('begin');
    const session = new ModelSession(this, `tx-${++this.#begun}`);
    this.#open.add(session);
    this.#mine.add(session);
    return session;
  }

  owns(session: ModelSession): boolean {
    return this.#mine.has(session);
  }

  ended(session: ModelSession, committed: boolean): void {
    this.#open.delete(session);
    if (!committed || session.rows.length + session.scheduled.length === 0) return;
    const scheduled = session.scheduled.map(({ entry, dueAt }) => ({ id: entry.id, dueAt }));
    for (const watcher of this.watchers) watcher.committed?.(session.rows, scheduled);
  }

  wrote(
    process: string,
    statement: FencedStatement,
    rows: readonly { rowId: number; bucket: number }[],
  ): void {
    if (rows.length > 0) for (const watcher of this.watchers) watcher.wrote?.(process, statement, rows);
  }

  /** What lies between two statements of one call. */
  turn(): Promise<void> {
    return new Promise((resolve) => void this.clock.setTimer(this.latencyMs, resolve, true));
  }

  check(): void {
    if (this.schema === 'right') return;
    throw new OutboxError(
      'TRAMLINE_OUTBOX_SCHEMA',
      `The tables of this model database are ${this.schema}. A test made it so: new ModelDatabase({ schema }).`,
    );
  }
}
