import type { Clock } from '@tramline/core';
import type { OutboxRow } from '@tramline/core/outbox';
import { DatabaseCore, type DatabaseWatcher } from './core.js';
import type { Statement, StatementFault, StatementFaultOptions } from './faults.js';
import { ModelStore } from './store.js';
import { holdName, type HeldKey, type LeaseRow, type StoredRow } from './tables.js';
import { Wire } from './wire.js';

export interface ModelDatabaseOptions {
  /** The database's own time. Default: the system's clock. */
  readonly clock?: Clock;
  /** Default 64, as the migrations make them. */
  readonly buckets?: number;
  /** Milliseconds that a statement takes to get there, and its answer to come back. Default 0: only a turn. */
  readonly latencyMs?: number;
  /** What `check` finds. Default `right`. */
  readonly schema?: 'missing' | 'older' | 'newer' | 'right';
}

/**
 * A database in memory with Tramline's tables, shared by every store opened on it; each of those stands for a process. It has
 * transactions, locks, sequences and time of its own, and passes the suite that every store must pass.
 *
 * It is also the test's hand on the world: outages, connections that die, statements that fail before or after their effect,
 * slow ones, processes that crash and leave a transaction open.
 */
export class ModelDatabase {
  readonly #core: DatabaseCore;
  #opened = 0;

  constructor({ clock, buckets = 64, latencyMs = 0, schema = 'right' }: ModelDatabaseOptions = {}) {
    this.#core = new DatabaseCore(clock, buckets, schema, latencyMs);
  }

  /** A new process with its own connections. @param clock - its time. Default: the database's. */
  open(process = `process-${++this.#opened}`, clock: Clock = this.#core.clock): ModelStore {
    return new ModelStore(this.#core, new Wire(process, clock, this.#core));
  }

  get away(): boolean {
    return this.#core.away;
  }

  /** An outage begins, which ends every open transaction, or it is over. */
  setAway(away: boolean): void {
    this.#core.setAway(away);
  }

  /** The next matching statement goes wrong, or slow, as `fault` says. */
  failNext(
    statement: Statement | 'any',
    fault: StatementFault = {},
    options: StatementFaultOptions = {},
  ): void {
    this.#core.faults.plant(statement, fault, options);
  }

  /** Takes back all faults that no statement has met yet. */
  clearFaults(): void {
    this.#core.faults.clear();
  }

  /** Calls `watcher` for everything that is committed from now on. @returns stops it */
  watch(watcher: DatabaseWatcher): () => void {
    this.#core.watchers.add(watcher);
    return () => this.#core.watchers.delete(watcher);
  }

  /** Committed rows of the outbox in order of id, at once and through no store. */
  get rows(): readonly StoredRow[] {
    return this.#core.tables.rows;
  }

  /** Event ids of rows that are not due yet. */
  get scheduled(): readonly string[] {
    return [...this.#core.tables.scheduled.values()].map(({ entry }) => entry.id);
  }

  get held(): readonly HeldKey[] {
    return [...this.#core.tables.held.values()];
  }

  /** Whether this row's key, or the row itself where it has none, is on hold. */
  isHeld(row: OutboxRow): boolean {
    return this.#core.tables.held.has(holdName(row));
  }

  /** By bucket. */
  get leases(): readonly Readonly<LeaseRow>[] {
    return this.#core.tables.leases;
  }

  /** Relays that are counted, and until when, by the database's time. */
  get relays(): ReadonlyMap<string, number> {
    return this.#core.tables.relays;
  }

  /** Milliseconds, by the database's clock. */
  now(): number {
    return this.#core.now();
  }
}
