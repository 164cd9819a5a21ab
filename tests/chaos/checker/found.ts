import type { User } from '../../../scripts/soak/books/books.ts';
import type { Registration } from '../load/registering.ts';
import type { Group } from '../world/chaos-world.ts';
import type { Poisoned } from './poisoned.ts';
import type { Sms, Step } from './outside.ts';

/** Somebody in the table of users. */
export interface StoredUser {
  readonly userId: string;
  readonly email: string;
  readonly phone: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An entry of the ledger. */
export interface LedgerRow {
  readonly userId: string;
  readonly points: number;
  readonly at: number;
}

/** Where a record lies. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The same text for the same place. */
export function textOf({ topic, partition, offset }: Place): string {
  return `${topic}, partition ${partition}, offset ${offset}`;
}

/** An event in the log, past every group and handler. */
export interface Logged extends Place {
  readonly eventId: string;
  readonly key: string;
  readonly at: number;
}

/** A dead letter, by what it is about. */
export interface FoundLetter extends Place {
  readonly group: Group;
  readonly handlerId: string;
  readonly reason: string;
  readonly at: number;
}

/** All that is there when everything has come to rest, from every side. */
export interface Found {
  /** What the answers said. */
  readonly registered: readonly Registration[];
  readonly users: readonly StoredUser[];
  readonly ledger: readonly LedgerRow[];
  /** By number. */
  readonly sms: ReadonlyMap<string, readonly Sms[]>;
  /** How many different mails lie in a box, by address. */
  readonly mails: ReadonlyMap<string, number>;
  readonly announced: readonly Logged[];
  readonly awarded: readonly Logged[];
  /** Steps of the witnesses as committed, by key, then count; as they lie in the log; and as they were attempted. */
  readonly committedSteps: readonly User[];
  readonly loggedSteps: readonly Logged[];
  readonly steps: readonly Step[];
  readonly poisoned: readonly Poisoned[];
  readonly letters: readonly FoundLetter[];
}

/** Something that must not be, and about whom, so that a timeline can be shown. */
export interface Violation {
  readonly text: string;
  /** Nobody, or a user's id, or the id of a step's event. */
  readonly subject?: string;
}
