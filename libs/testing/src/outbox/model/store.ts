import { OutboxError } from '@tramline/core';
import type {
  DatabaseErrorKind,
  Effect,
  Hold,
  Lease,
  OutboxEntry,
  OutboxRow,
  OutboxStore,
  PendingRequest,
  WriteOptions,
} from '@tramline/core/outbox';
import type { DatabaseCore, FencedStatement } from './core.js';
import { ModelDatabaseError } from './errors.js';
import { effectsIn, forgetIn, knownIn, rememberIn } from './inbox.js';
import type { Statement, StatementFault } from './faults.js';
import { OUTBOX_LOCK, type ModelSession } from './session.js';
import { ModelTransaction, sessionOf } from './transaction.js';
import type { Wire } from './wire.js';

/** One process's store on a {@link ModelDatabase}. */
export class ModelStore implements OutboxStore<ModelTransaction> {
  readonly name = 'model';
  readonly #sessions = new Set<ModelSession>();

  constructor(
    private readonly database: DatabaseCore,
    private readonly wire: Wire,
  ) {}

  /**
   * Ends the process without a word: nothing that it called ever settles.
   * @param openForMs - how long the database does not notice, so that its transactions stay open. Default 0.
   */
  crash(openForMs = 0): void {
    this.wire.crashed = true;
    for (const session of this.#sessions) this.#broken(session, { openForMs });
  }

  /** The database cannot be reached by this process alone, or can again. What was open is rolled back. */
  setAway(away: boolean): void {
    this.wire.cut = away;
    if (away) for (const session of this.#sessions) session.rollback();
  }

  /** Opens a transaction by hand. */
  async begin(): Promise<ModelTransaction> {
    const session = await this.wire.request('begin', () => this.database.begin());
    this.#sessions.add(session);
    return new ModelTransaction(session, (statement, apply) => this.#in(session, statement, apply));
  }

  async transaction<T>(work: (tx: ModelTransaction) => Promise<T>): Promise<T> {
    const transaction = await this.begin();
    let answer: T;
    try {
      answer = await work(transaction);
    } catch (thrown) {
      // What the work threw is the news; a connection that is gone has rolled back as well.
      await transaction.rollback().catch(() => undefined);
      throw thrown;
    }
    await transaction.commit();
    return answer;
  }

  async insert(
    tx: ModelTransaction,
    entries: readonly OutboxEntry[],
    options: WriteOptions,
  ): Promise<readonly number[]> {
    const session = this.#usable(tx);
    await this.#in(session, 'insert', () => session.insert(entries, options));
    return entries.map((entry) => this.database.tables.bucketOf(entry));
  }

  async remember(tx: ModelTransaction, effect: Effect): Promise<boolean> {
    const session = this.#usable(tx);
    const { tables } = this.database;
    return this.#in(session, 'remember', () => rememberIn(session, tables, effect, this.database.now()));
  }

  async isOpen(tx: ModelTransaction): Promise<boolean> {
    const session = sessionOf(tx);
    return this.#in(session, 'isOpen', () => session.state !== 'ended');
  }

  forget(...request: Parameters<OutboxStore['forget']>): Promise<number> {
    return this.wire.request('forget', () => {
      const { tables } = this.database;
      return forgetIn(tables, this.database.now(), ...request);
    });
  }

  known(...request: Parameters<OutboxStore['known']>): Promise<ReadonlySet<string>> {
    return this.wire.request('known', () => knownIn(this.database.tables, ...request));
  }

  effects(...request: Parameters<OutboxStore['effects']>): Promise<number> {
    return this.wire.request('effects', () => effectsIn(this.database.tables, ...request));
  }

  beat(owner: string, leaseMs: number) {
    return this.wire.request('beat', () => this.database.leasing.beat(owner, leaseMs));
  }

  claim(owner: string, count: number, leaseMs: number) {
    return this.wire.request('claim', () => this.database.leasing.claim(owner, count, leaseMs));
  }

  release(leases: readonly Lease[]): Promise<void> {
    return this.wire.request('release', () => this.database.leasing.release(leases));
  }

  leave(owner: string): Promise<void> {
    return this.wire.request('leave', () => this.database.leasing.leave(owner));
  }

  horizon() {
    return this.wire.request('horizon', async () => {
      const { drawn } = this.database.tables;
      await this.database.turn();
      const writers = this.database.locks.holders(OUTBOX_LOCK).map(({ name }) => name);
      return { drawn, writers };
    });
  }

  pending(request: PendingRequest) {
    return this.wire.request('pending', () => this.database.relaying.pending(request));
  }

  async settle(leases: readonly Lease[], rows: readonly OutboxRow[], keep: boolean): Promise<number> {
    const settled = await this.#write('settle', () => this.database.relaying.settle(leases, rows, keep));
    return settled.length;
  }

  purge(olderThanMs: number, limit: number): Promise<number> {
    return this.wire.request('purge', () => this.database.relaying.purge(olderThanMs, limit));
  }

  async hold(...request: Parameters<OutboxStore['hold']>): Promise<void> {
    await this.#write('hold', () => this.database.relaying.hold(...request));
  }

  holds(buckets: readonly number[]) {
    return this.wire.request('holds', () => this.database.relaying.holds(buckets));
  }

  async lift(leases: readonly Lease[], holds: readonly Hold[]): Promise<void> {
    await this.#write('lift', () => this.database.relaying.lift(leases, holds));
  }

  async bury(leases: readonly Lease[], rows: readonly OutboxRow[], error: string): Promise<void> {
    await this.#write('bury', () => this.database.relaying.bury(leases, rows, error));
  }

  promote(limit: number) {
    return this.wire.request('promote', () => this.database.moving.promote(limit));
  }

  dead(after: number, limit: number) {
    return this.wire.request('dead', () => this.database.relaying.dead(after, limit));
  }

  revive(rowIds: readonly number[]): Promise<number> {
    return this.wire.request('revive', () => this.database.moving.revive(rowIds));
  }

  discard(rowIds: readonly number[]): Promise<number> {
    return this.wire.request('discard', () => this.database.relaying.discard(rowIds));
  }

  status() {
    return this.wire.request('status', () => this.database.relaying.status());
  }

  check(): Promise<void> {
    return this.wire.request('check', () => this.database.check());
  }

  kindOf(error: unknown): DatabaseErrorKind {
    return error instanceof ModelDatabaseError ? error.kind : 'other';
  }

  close(): Promise<void> {
    this.wire.closed = true;
    for (const session of this.#sessions) session.rollback();
    return Promise.resolve();
  }

  #write<Row extends { readonly rowId: number; readonly bucket: number }>(
    statement: FencedStatement,
    apply: () => readonly Row[],
  ): Promise<readonly Row[]> {
    return this.wire.request(statement, () => {
      const rows = apply();
      this.database.wrote(this.wire.process, statement, rows);
      return rows;
    });
  }

  /** @throws OutboxError */
  #usable(tx: ModelTransaction): ModelSession {
    const session = sessionOf(tx);
    const fault = !this.database.owns(session)
      ? 'belongs to another database. Give the transaction of the database that the outbox is configured with'
      : session.state === 'ended'
        ? 'has ended. Publish before it is committed or rolled back'
        : undefined;
    if (fault === undefined) return session;
    throw new OutboxError('TRAMLINE_NO_TRANSACTION', `What was given as transaction ${fault}.`);
  }

  /** A statement inside a transaction: one that fails aborts it, one that loses the connection ends it. */
  async #in<T>(session: ModelSession, statement: Statement, apply: () => T | Promise<T>): Promise<T> {
    try {
      return await this.wire.request(statement, apply, (fault) => this.#broken(session, fault, statement));
    } finally {
      if (session.state === 'ended') this.#sessions.delete(session);
    }
  }

  #broken(
    session: ModelSession,
    { error = 'away', applied = 'never', openForMs = 0 }: StatementFault,
    statement?: Statement,
  ): void {
    const ends = statement === 'commit' || statement === 'rollback';
    if (error !== 'away' && !ends) return session.abort();
    // A commit that lands late is what ends the transaction.
    const late = typeof applied === 'object' && statement === 'commit' ? applied.afterMs : 0;
    const ms = Math.max(openForMs, late);
    if (ms === 0) session.rollback();
    else this.database.clock.setTimer(ms, () => session.rollback(), true);
  }
}
