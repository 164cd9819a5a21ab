import type { OutboxProvider } from '@tramline/core';
import type { OutboxOptions } from '@tramline/outbox';

/** A user as a transaction wrote them. */
export interface User {
  readonly userId: string;
  readonly key: string;
  /** The how-manieth of its key: the order in which the transactions of a key were committed. */
  readonly count: number;
  /** What was published in the same transaction. */
  readonly eventId: string;
}

export interface Entry {
  readonly userId: string;
  readonly points: number;
}

/** The user is there: an earlier transaction was committed, though whoever opened it has not heard of it. */
export class AlreadyRegisteredError extends Error {
  override readonly name = 'AlreadyRegisteredError';
}

/**
 * The tables of both services, and what they write in their transactions. Made -> `create`d by one process -> used by all ->
 * closed. What the driver throws comes out as it is.
 */
export interface Books<Tx = unknown> {
  outbox(options: OutboxOptions): OutboxProvider<Tx>;
  /** Makes our tables; those of the outbox come with `autoCreate`. */
  create(): Promise<void>;
  /** Counts the key up and adds the user. @throws AlreadyRegisteredError */
  register(tx: Tx, user: Omit<User, 'count'>): Promise<void>;
  award(tx: Tx, entry: Entry): Promise<void>;
  users(): Promise<readonly User[]>;
  entries(): Promise<readonly Entry[]>;
  /** How many there are of both. */
  counts(): Promise<{ readonly users: number; readonly entries: number }>;
  close(): Promise<void>;
}
