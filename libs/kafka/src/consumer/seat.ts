import type { CommitEntry } from '@tramline/core';
import type { Consumer } from './consumer.js';

/** Decides which partitions a member has: the group does, or, for a broadcast, the topics alone. */
export interface Seat {
  /** Begins. Never throws. */
  start(): void;
  /** Takes no new partitions any more; those that are held stay. */
  stop(): void;
  /** Lets others have them. Bounded, never throws. */
  leave(): Promise<void>;
  /** Until when (monotonic) what we hold is surely ours. */
  sureUntil(): number;
  commit(entries: readonly CommitEntry[], stillHeld: () => void): Promise<void>;
}

/** What makes a seat; it tells the consumer what changes. */
export type MakeSeat = (consumer: Consumer) => Seat;
