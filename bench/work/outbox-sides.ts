import type { Carrier, Store } from './outbox-work.ts';

/** What is measured: an outbox, where its table lies, and what carries its events. */
export interface OutboxSide {
  /** For people. */
  readonly name: string;
  readonly programs: 'tramline' | 'hand-written' | 'library';
  readonly store: Store['kind'];
  readonly carrier: Carrier['kind'];
  /** Whether it promises the order of a key. */
  readonly inOrder: boolean;
  /** Rows that a hand-written poller takes at once. */
  readonly batch?: number;
}

/** The relay, with PostgreSQL. */
export function ours(carrier: OutboxSide['carrier']): OutboxSide {
  return { name: `the relay, ${carrier}`, programs: 'tramline', store: 'postgres', carrier, inOrder: true };
}

const theirs = { store: 'postgres', carrier: 'kafka' } as const;

/** A poller as one writes it. */
export const BY_HAND: OutboxSide = {
  ...theirs,
  name: 'a hand-written SKIP LOCKED poller with kafkajs',
  programs: 'hand-written',
  batch: 100,
  // Of the ids, which here is that of an account's commits: one process draws them all.
  inOrder: true,
};

/** The same with batches as large as the relay's pages. */
export const BY_HAND_LARGE: OutboxSide = {
  ...BY_HAND,
  name: 'a hand-written SKIP LOCKED poller of large batches with kafkajs',
  batch: 2_000,
};

/** The first, when there are two of it. */
export const TWO_BY_HAND: OutboxSide = {
  ...BY_HAND,
  name: 'two hand-written SKIP LOCKED pollers with kafkajs',
  // What rows the one has locked, the other leaves out: later ones of their keys go ahead.
  inOrder: false,
};

/** The polling listener of a library for Node. */
export const LIBRARY: OutboxSide = {
  ...theirs,
  name: 'pg-transactional-outbox with kafkajs',
  programs: 'library',
  // By the time of the INSERT, which is not that of the commit.
  inOrder: false,
};
