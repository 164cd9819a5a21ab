import type { Clock } from '@tramline/core';
import type { OutboxStore } from '@tramline/core/outbox';

/**
 * What a case asks of a store, or of what a test can do to it.
 * - `parallel`: two transactions that write may be open at once, and relays may write beside them. SQLite has one writer.
 * - `none`, `foreign`, `end`, `savepoints`, `schema`, `away`: the hooks of {@link OutboxStoreWorld} with these names.
 */
export type OutboxStoreNeed = 'parallel' | 'none' | 'foreign' | 'end' | 'savepoints' | 'schema' | 'away';

/** How the suite gets hold of a store. */
export interface OutboxStoreSetup<Tx> {
  /** For the titles. */
  readonly name: string;
  /** A place for one case: tables of its own, empty. */
  create(): Promise<OutboxStoreWorld<Tx>>;
  /** What this store honestly cannot do. Cases that need it are skipped by name. Default: nothing. */
  readonly lacks?: readonly OutboxStoreNeed[];
  /** How long, on the world's clock, the suite waits for anything, milliseconds. Default 20,000. */
  readonly patienceMs?: number;
  /** Keys in the transaction that has very many of them. Fewer for a store that is slow. Default 2,000. */
  readonly keys?: number;
}

/** Where one case runs. */
export interface OutboxStoreWorld<Tx> {
  /** A store on the same tables, as another process would open it. Closed by the suite. */
  open(): OutboxStore<Tx> | Promise<OutboxStore<Tx>>;
  /** The clock to wait on. With `advance` the suite moves it instead of waiting. Default: the system's clock. */
  readonly clock?: Clock & { advance?(ms: number): Promise<void> };
  /** Something of the library's type in which no transaction was begun. It stays usable during the case. */
  none?(): Tx | Promise<Tx>;
  /** Runs `work` in an open transaction of another database, which has no tables of ours. */
  foreign?(work: (tx: Tx) => Promise<void>): Promise<void>;
  /** Commits a transaction of `store.transaction` from within, as a handler should not. */
  end?(tx: Tx): Promise<void>;
  /** Runs `work` behind a savepoint of this transaction and rolls back to it, also when `work` rejects; then rethrows. */
  savepoints?(tx: Tx, work: () => Promise<void>): Promise<void>;
  /** A store on a database without tables (`missing`), or with those of an earlier or later version. */
  schema?(state: 'missing' | 'older' | 'newer'): OutboxStore<Tx> | Promise<OutboxStore<Tx>>;
  /** Takes the database away from every store of this world, or brings it back. */
  away?(away: boolean): void | Promise<void>;
  /** After the case: every store was closed before. */
  dispose?(): Promise<void>;
}
