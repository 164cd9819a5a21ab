import type { OutboxEntry, WriteOptions } from '@tramline/core/outbox';
import { ModelDatabaseError } from './errors.js';
import type { LockMode, Locks } from './locks.js';
import { keyName, type InboxRow, type ScheduledRow, type StoredRow, type Tables } from './tables.js';

/** Everybody who writes to the outbox holds this: who holds it may still commit an id that was drawn. */
export const OUTBOX_LOCK = 'outbox';

/** A call with more keys takes the outbox lock for itself alone instead of so many locks. */
const MOST_KEY_LOCKS = 256;

/** What a session needs of its database. */
export interface SessionServer {
  readonly tables: Tables;
  readonly locks: Locks<ModelSession>;
  now(): number;
  /** Called when a transaction is over, after its rows are there for everybody. */
  ended(session: ModelSession, committed: boolean): void;
}

/** One transaction at the database: what it wrote and nobody else sees yet, and what it has locked. */
export class ModelSession {
  state: 'open' | 'aborted' | 'ended' = 'open';
  readonly rows: StoredRow[] = [];
  readonly scheduled: ScheduledRow[] = [];
  readonly inbox = new Map<string, InboxRow>();

  constructor(
    private readonly server: SessionServer,
    /** Never used for another one. */
    readonly name: string,
  ) {}

  async lock(name: string, mode: LockMode): Promise<void> {
    try {
      await this.server.locks.acquire(this, name, mode);
    } catch (error) {
      this.abort();
      throw error;
    }
    // The connection may have died while it waited.
    if (this.state === 'ended') this.server.locks.release(this);
    this.assertUsable();
  }

  /** Locks every key, in the order of their names, and only then draws ids. */
  async insert(entries: readonly OutboxEntry[], { ordered, delayMs }: WriteOptions): Promise<void> {
    this.assertUsable();
    if (delayMs !== null) return this.#schedule(entries, delayMs);
    const keys = ordered
      ? new Set(
          entries.flatMap(({ topic, record }) => (record.key === null ? [] : keyName(topic, record.key))),
        )
      : new Set<string>();
    await this.lock(OUTBOX_LOCK, keys.size > MOST_KEY_LOCKS ? 'exclusive' : 'shared');
    if (keys.size <= MOST_KEY_LOCKS) for (const key of [...keys].sort()) await this.lock(key, 'exclusive');
    for (const entry of entries) this.draw(entry, this.server.now());
  }

  /** Gives an event its id. The caller holds the locks. */
  draw(entry: OutboxEntry, createdAt: number): void {
    const { tables } = this.server;
    const { id, type, topic, partition, record } = entry;
    this.rows.push({
      ...{ id, type, topic, partition, record, createdAt },
      rowId: ++tables.drawn,
      bucket: tables.bucketOf(entry),
      ...{ attempts: 0, state: 'pending', settledAt: 0, error: '' },
    });
  }

  /** @throws ModelDatabaseError */
  assertUsable(): void {
    if (this.state === 'open') return;
    throw new ModelDatabaseError(
      'other',
      this.state === 'ended'
        ? 'The transaction has ended.'
        : 'The transaction is aborted: an earlier statement failed.',
    );
  }

  abort(): void {
    if (this.state === 'open') this.state = 'aborted';
  }

  commit(): void {
    if (this.state !== 'open') {
      const { state } = this;
      this.rollback();
      throw new ModelDatabaseError('other', `A transaction that is ${state} cannot be committed.`);
    }
    const { tables } = this.server;
    for (const row of this.rows) tables.outbox.set(row.rowId, row);
    for (const row of this.scheduled) tables.scheduled.set(++tables.drawnScheduled, row);
    for (const [name, row] of this.inbox) tables.inbox.set(name, row);
    this.#end(true);
  }

  rollback(): void {
    if (this.state !== 'ended') this.#end(false);
  }

  /** @returns goes back to how it was, locks included */
  savepoint(): () => void {
    const { locks } = this.server;
    const before = { rows: this.rows.length, scheduled: this.scheduled.length, inbox: new Map(this.inbox) };
    const held = new Set(locks.heldBy(this));
    return () => {
      if (this.state === 'ended') return;
      this.state = 'open';
      this.rows.length = before.rows;
      this.scheduled.length = before.scheduled;
      this.inbox.clear();
      for (const [name, row] of before.inbox) this.inbox.set(name, row);
      locks.release(
        this,
        locks.heldBy(this).filter((name) => !held.has(name)),
      );
    };
  }

  #schedule(entries: readonly OutboxEntry[], delayMs: number): void {
    const createdAt = this.server.now();
    for (const entry of entries) {
      const bucket = this.server.tables.bucketOf(entry);
      this.scheduled.push({ entry, bucket, createdAt, dueAt: createdAt + delayMs });
    }
  }

  #end(committed: boolean): void {
    this.state = 'ended';
    this.server.ended(this, committed);
    this.server.locks.release(this);
  }
}
