import type { HandlerSpec, Version } from '../scenario/scenario.ts';
import type { TopicKind } from '../scenario/steps.ts';

/** One record of the broker, and what became of it. */
export interface Rec {
  /** `topic/partition/offset`. */
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly kind: TopicKind;
  /** The group whose own topic it lies in; empty for events. */
  readonly group: string;
  /** A tier's delay, milliseconds. */
  readonly tierMs: number;
  readonly eventId: string;
  readonly type: string;
  readonly key: string | null;
  readonly monotonic: number;
  /** How often the wall clock had been set when it was appended. */
  readonly jumps: number;
  /** For copies. The record whose delivery led to this one. */
  readonly cause: string | undefined;
  /** The holding in which that happened. */
  readonly causeHolding: number | undefined;
  readonly handlerId: string | undefined;
  /** Milliseconds since 1970. */
  readonly due: number;
  readonly remaining: number;
  readonly redrives: number;
  readonly deliveries: number;
  readonly reason: string | undefined;
  readonly letterId: string | undefined;
  /** A letter without the event's body, which was too large. */
  readonly byReference: boolean;
  readonly origin: string;
  /** How handlers ended it: by base of the handler, or `*` and the group when a letter of handler `*` ended it for all. */
  readonly ends: Map<string, End[]>;
}

/** One end of a record at a handler. */
export interface End {
  /** Undefined when it came so late, or in such circumstances, that the runtime may not have counted it. */
  readonly holding: number | undefined;
  /** When the runtime knew of it: for copies, when the append was acknowledged. */
  known: number;
}

/** A partition while one process holds it. */
export interface Holding {
  readonly id: number;
  readonly member: Member;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly broadcast: boolean;
  /** Offsets that the group had committed as done when it was assigned. */
  readonly finished: (offset: number) => boolean;
  state: 'held' | 'revoking' | 'over';
  paused: boolean;
  commitFailed: boolean;
  /** Delivered and not ended by all who have to. */
  readonly open: Set<Rec>;
  readonly delivered: Rec[];
  /** Attempts by record and handler. */
  readonly attempts: Map<string, number>;
  /** Newest first appearance by handler and key, for broadcasts. */
  readonly latest: Map<string, number>;
}

/** What the oracle needs to know of a process. */
export interface Member {
  readonly name: string;
  readonly version: Version;
  readonly clock: { now(): number; readonly freezes: number; readonly frozen: boolean };
  /** Attempts that run now. */
  readonly active: Set<Run>;
  /** Topics on which an append of this process may have landed twice. */
  readonly doubts: Set<string>;
}

/** One attempt. */
export interface Run {
  readonly holding: Holding;
  readonly rec: Rec;
  readonly spec: HandlerSpec;
  readonly startedAt: number;
  readonly freezes: number;
  /** Which run of this handler on this event it is, over all processes, from 1. */
  readonly count: number;
  settled: boolean;
}

/** How long the runtime waits for an aborted attempt. */
export const graceOf = (spec: HandlerSpec): number => Math.min(5_000, spec.timeout);
