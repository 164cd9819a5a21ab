import type { OriginRange } from './outbox-operator.js';
import type { OutboxEntry, OutboxStatus, Effect, WriteOptions } from './outbox-backend.js';

/**
 * One database with Tramline's tables, as the relay and the inbox see it. PostgreSQL and SQLite implement it, the model store
 * of `@tramline/testing` too, and `@tramline/testing/outbox` decides whether an implementation keeps it.
 *
 * Rules for every method:
 * - All times are the database's: durations go in, ages come out, no clock of a process is compared with another's.
 * - Ids are drawn in ascending order, and one that was committed is never used again, not even after a delete. One that a
 *   rollback took back may be drawn anew (SQLite does): nobody has seen it.
 * - What the driver throws comes out as it is; `kindOf` says what it means.
 */
export interface OutboxStore<Tx = unknown> extends WriterStore<Tx>, InboxStore<Tx>, RelayStore {
  readonly name: string;

  /** @throws OutboxError `TRAMLINE_OUTBOX_SCHEMA` when tables are missing, older or newer than this code; says how to mend it */
  check(): Promise<void>;

  /** The statements that make the tables from nothing; absent where there is no SQL. */
  migrationSql?(): Promise<readonly string[]>;

  /** What an error of the driver means for who may try again. */
  kindOf(error: unknown): DatabaseErrorKind;

  /** Lets go of what the store itself opened; what it was given stays open. Idempotent. */
  close(): Promise<void>;
}

/**
 * - `conflict`: a deadlock or a serialisation failure; the transaction may be run again.
 * - `away`: no connection, starting up, shutting down, pool exhausted; the statement may be run again.
 * - `other`: trying again changes nothing.
 */
export type DatabaseErrorKind = 'conflict' | 'away' | 'other';

/** The side of the services. */
export interface WriterStore<Tx> {
  /**
   * Inserts rows in the caller's transaction. With `ordered`, a lock on each (topic, key) is taken *before* the first id is
   * drawn and held until the transaction ends, so that ids of one key ascend in the order of commits; locks are taken in one
   * order by all writers. Every writer, also of unordered rows, can be seen by `horizon` from before its first id is drawn
   * until its transaction ends. With `delayMs` the rows go to the scheduled table and draw their id when due.
   * @returns the buckets of the rows, some of them perhaps twice: a relay that owns none of them has nothing to look for
   * @throws OutboxError `TRAMLINE_NO_TRANSACTION`; nothing was written then
   */
  insert(tx: Tx, entries: readonly OutboxEntry[], options: WriteOptions): Promise<readonly number[]>;

  /** Runs `work` in a new transaction: commits when it resolves, rolls back when it rejects, and rethrows. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** The side of handlers with `once: true`. */
export interface InboxStore<Tx> {
  /**
   * Remembers an effect in this transaction. A second transaction with the same effect waits until the first ended. An effect
   * that is known already has its position raised to the origin's offset, when it is higher, and its last sight to now.
   * @returns whether it was unknown before
   */
  remember(tx: Tx, effect: Effect): Promise<boolean>;

  /** That `tx` is still the open transaction it was. false: the handler committed or rolled back by itself. */
  isOpen(tx: Tx): Promise<boolean>;

  /**
   * Forgets at most `limit` effects of a group that were last seen more than `keepMs` ago and whose position lies below what
   * the group has committed there. Partitions that `committed` does not name keep theirs.
   * @returns how many were forgotten; fewer than `limit`: there are no more
   */
  forget(
    group: string,
    committed: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[],
    keepMs: number,
    limit: number,
  ): Promise<number>;

  /** Those of the events whose effect is remembered under this id of a handler. */
  known(group: string, handlerId: string, eventIds: readonly string[]): Promise<ReadonlySet<string>>;

  /** How many effects of a group are remembered whose position lies in one of these ranges. */
  effects(group: string, ranges: readonly OriginRange[]): Promise<number>;
}

/** A bucket that a relay owns. A claim raises `epoch`, and every write of the relay names it: an old owner changes nothing. */
export interface Lease {
  readonly bucket: number;
  readonly epoch: number;
}

/** A row on its way to the transport. */
export interface OutboxRow extends OutboxEntry {
  readonly rowId: number;
  readonly bucket: number;
  /** How often it failed by itself. */
  readonly attempts: number;
}

/** What a relay knows of its leases after a beat. */
export interface Beat {
  /** How many relays live, this one included. */
  readonly relays: number;
  /** How many buckets there are; fixed when the tables were made. */
  readonly buckets: number;
  /** The leases of this relay that hold for another `leaseMs`, counted from before the call. */
  readonly leases: readonly Lease[];
}

/** The highest id drawn so far, and the transactions that may still commit one up to it. */
export interface Horizon {
  readonly drawn: number;
  /** Names of the writing transactions that are open; a name is not used again for another one. */
  readonly writers: readonly string[];
}

/** A (topic, key), or a single row without key, that waits after a failure. */
export interface Hold {
  readonly rowId: number;
  readonly bucket: number;
  /** Milliseconds from now until it is due; 0 or less: due. */
  readonly dueInMs: number;
  /** Tells this hold from a later one of the same key: the database's time at which it is due, in a unit of its own. */
  readonly until: number;
}

/** The side of the relays. Writes fenced by lease change nothing for buckets whose epoch is no longer the given one. */
export interface RelayStore {
  /** `owner` lives for another `leaseMs`, and so do its leases that have not expired. Those that have are lost to it. */
  beat(owner: string, leaseMs: number): Promise<Beat>;

  /** Takes at most `count` buckets that nobody owns or whose lease expired, each with a new epoch. */
  claim(owner: string, count: number, leaseMs: number): Promise<readonly Lease[]>;

  /** Gives leases back so that others may claim them at once. Fenced. */
  release(leases: readonly Lease[]): Promise<void>;

  /** `owner` is no longer counted among the relays. */
  leave(owner: string): Promise<void>;

  /** `drawn` is read before `writers`: once these ended, every id up to `drawn` is settled, committed or gone. */
  horizon(): Promise<Horizon>;

  /**
   * Committed rows of these buckets with an id above `after`, lowest first, at most `limit` rows and about `maxBytes`: without
   * dead ones, without those of keys on hold, and without scheduled ones. One at least, when there is any.
   */
  pending(request: PendingRequest): Promise<readonly OutboxRow[]>;

  /**
   * Deletes rows that the transport has, by row id *and* event id; with `keep` they are marked as sent instead, and no longer
   * pending. Fenced. @returns how many
   */
  settle(leases: readonly Lease[], rows: readonly OutboxRow[], keep: boolean): Promise<number>;

  /** Deletes at most `limit` rows that were marked as sent more than `olderThanMs` ago. @returns how many */
  purge(olderThanMs: number, limit: number): Promise<number>;

  /**
   * Puts the keys of these rows (single rows where there is no key) on hold for `forMs`. Fenced.
   * @param failure - of the rows themselves: it is remembered, and their attempts go up. null: they are not to blame, and
   * nothing is written on them.
   */
  hold(
    leases: readonly Lease[],
    rows: readonly OutboxRow[],
    forMs: number,
    failure: string | null,
  ): Promise<void>;

  /** Every hold in these buckets. */
  holds(buckets: readonly number[]): Promise<readonly Hold[]>;

  /**
   * Ends these very holds, so that `pending` finds their rows again: read from the beginning afterwards. A later hold of the
   * same key stays: a call that takes effect late must not end what nobody would read again. Fenced.
   */
  lift(leases: readonly Lease[], holds: readonly Hold[]): Promise<void>;

  /** Sets rows aside for good, with the error; what waits behind them goes on. Fenced. */
  bury(leases: readonly Lease[], rows: readonly OutboxRow[], error: string): Promise<void>;

  /**
   * Moves at most `limit` scheduled rows that are due into the outbox, where they draw their ids as `insert` says. Several
   * relays may do so at once. @returns how many moved, and milliseconds until the next is due (null when none waits)
   */
  promote(limit: number): Promise<{ readonly moved: number; readonly nextInMs: number | null }>;

  /** Dead rows, oldest first, above row id `after`. */
  dead(after: number, limit: number): Promise<readonly DeadRow[]>;

  /** Puts dead rows back as new ones, with new ids and no attempts, behind what waits. @returns how many */
  revive(rowIds: readonly number[]): Promise<number>;

  /** Deletes dead rows. @returns how many */
  discard(rowIds: readonly number[]): Promise<number>;

  status(): Promise<OutboxStatus>;
}

export interface PendingRequest {
  readonly buckets: readonly number[];
  readonly after: number;
  readonly limit: number;
  readonly maxBytes: number;
}

/** A row that can never be sent, for whoever mends it. */
export interface DeadRow extends OutboxRow {
  readonly error: string;
  /** Age of the row, milliseconds. */
  readonly ageMs: number;
}
