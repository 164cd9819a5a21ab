import type { OutboxProvider } from '@tramline/core';
import type { OutboxOptions } from '@tramline/outbox';

/** A transaction that a service has begun by its own means. */
export interface OwnTransaction {
  readonly tx: unknown;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** A statement of it that the database refuses. */
  fail(): Promise<void>;
}

/** A real database, as services open their outbox in it. */
export interface OutboxDatabase {
  readonly name: string;
  /** For one process more. */
  provider(options?: OutboxOptions): OutboxProvider;
  begin(): Promise<OwnTransaction>;
  /** One statement by itself, around all that is ours; its rows. */
  run(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** A transaction of another database, open while `work` runs. */
  foreign(work: (tx: unknown) => Promise<void>): Promise<void>;
  /** Ends what was left open, and lets go of the database. */
  close(): Promise<void>;
}
