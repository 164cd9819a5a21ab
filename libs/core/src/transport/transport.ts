import type { Log } from '../log/log.js';
import type { Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';
import type { OutgoingRecord, StoredRecord, TopicPartition } from './records.js';
import type { GroupAdmin, TopicAdmin } from './admin.js';

/**
 * What carries records: Kafka, the embedded log, memory. This is the whole of what core asks of a broker, and
 * `@tramline/testing/conformance` decides whether an implementation keeps it.
 *
 * Rules for every method:
 * - It may be called at any time, by several callers at once, before any connection exists (connect lazily) and while the
 *   broker is away. It then retries by itself within the time given, or for ever where this is said.
 * - What it throws is a {@link TransportError} or a {@link ClosedError}; no type of a client library leaves it.
 * - Names of topics and groups are final: namespaces were put in front before.
 */
export interface Transport {
  readonly name: string;
  readonly capabilities: TransportCapabilities;

  /**
   * Appends `records` (at least one) to one partition, in this order, as one unit, and resolves when they are durable: no
   * crash of any process loses them. The offsets are `baseOffset + index`.
   *
   * The caller keeps at most one append per partition under way; appends to different partitions run beside each other.
   * When it throws, `outcome` says whether the records may lie in the log. After `unknown` the caller sends the identical
   * records again or gives up; in either case the transport must let nothing of a *later* append be swallowed by its own
   * deduplication.
   * @throws TransportError `TRAMLINE_UNKNOWN_TOPIC` (also for a partition that the topic does not have),
   *   `TRAMLINE_RECORD_TOO_LARGE` (both 'not-written', not retriable),
   *   `TRAMLINE_AWAY` (retriable, 'not-written' or 'unknown')
   */
  append(
    target: TopicPartition,
    records: readonly OutgoingRecord[],
    options: { readonly timeoutMs: number },
  ): Promise<Appended>;

  /**
   * Number of partitions of a topic, from a cache that is refreshed at least once a minute, so that it may be asked for
   * every record. @throws TransportError `TRAMLINE_UNKNOWN_TOPIC`, `TRAMLINE_AWAY`
   */
  partitionCount(topic: string): Promise<number>;

  /**
   * Joins a group (or, with `broadcast`, reads all partitions without one) and goes on for ever, through outages, until
   * `close()` or a fatal error (told by `listener.status`). Until then it keeps the process alive, as a pending `append` does. Returns at once; no method of `listener` is called before the
   * caller's current turn has ended.
   */
  consume(options: ConsumeOptions, listener: ConsumeListener): Membership;

  /**
   * Records of one partition from offset `from` up to but not including `to`, in batches in order of offset. Offsets that
   * no longer exist are left out. Ends when `to`, or the end of the log at the time of the call, is reached. Needs no group.
   * An aborted `signal` ends it with the signal's reason.
   */
  read(range: ReadRange): AsyncIterable<readonly StoredRecord[]>;

  readonly topics: TopicAdmin;
  readonly groups: GroupAdmin;

  /** Closes every membership (as its `close` says), waits for appends under way, lets go of all resources. Idempotent. */
  close(): Promise<void>;
}

/** Honest differences between transports, asked by core and by the conformance suite. */
export interface TransportCapabilities {
  /** What was appended survives the end of every process. */
  readonly durable: boolean;
  /** Several processes see the same log. */
  readonly shared: boolean;
  /** Topics created with `cleanup: 'compact'` are compacted some day. Readers fold by key in any case. */
  readonly compaction: boolean;
  /** Topics can be given more partitions while they are in use. */
  readonly growth: boolean;
  /** Topics are always created when missing, whatever `topology` says. */
  readonly alwaysCreates: boolean;
}

export interface Appended {
  readonly baseOffset: number;
  /** The timestamp that the records of the batch without an own one were given, milliseconds since 1970. */
  readonly timestamp: number;
}

export interface ReadRange extends TopicPartition {
  readonly from: number;
  readonly to: number;
  readonly signal?: AbortSignal;
}

export interface ConsumeOptions {
  /** The consumer group. With `broadcast` only a label. */
  readonly group: string;
  /** At least one. A topic that does not exist (yet) is waited for. */
  readonly topics: readonly string[];
  /**
   * Every partition of every topic is assigned to this member alone, nothing is remembered, `commit` is never called.
   * Partitions that are added while reading are assigned too.
   */
  readonly broadcast: boolean;
  /** A member that was silent this long loses its partitions to the others. */
  readonly sessionTimeoutMs: number;
  /** For logs and `groups.describe`; need not be unique. */
  readonly clientId: string;
}

/**
 * The side of the consumer that the transport calls. The transport never runs two of `assigned`, `revoked` at once for one
 * membership, and keeps heartbeats alive while it waits for either.
 */
export interface ConsumeListener {
  /**
   * New partitions of this member; called for every completed assignment, also an empty one. `records` of them come only
   * after it resolved, starting at the returned offset of each (an offset that does not exist is answered with
   * `outOfRange`). May call `commit` for these partitions. When it rejects, the transport leaves the group and tells
   * `status` 'failed' with that error.
   */
  assigned(partitions: readonly AssignedPartition[]): Promise<readonly StartPosition[]>;
  /**
   * These partitions will go to others. The transport waits for the returned promise, but no longer than half the session
   * timeout, before it gives them up; `commit` for them works until then. No `records` of them during or after it.
   */
  revoked(partitions: readonly TopicPartition[]): Promise<void>;
  /** These partitions belong to somebody else already (session expired). Commits of them are refused. */
  lost(partitions: readonly TopicPartition[]): void;
  /**
   * The next records of one partition, in order of offset, at least one unless `nextOffset` moves over a gap. The next call
   * for this partition is made only after the returned promise resolved; other partitions go on beside it. Never throws.
   */
  records(batch: RecordBatch): void | Promise<void>;
  /** The position of a held partition no longer exists (retention, truncation). It delivers nothing until it is assigned anew. */
  outOfRange(partition: AssignedPartition, position: number): void;
  status(status: MembershipStatus): void;
}

export interface AssignedPartition extends TopicPartition {
  /** What the group committed here last; null when it never did or the broker forgot. */
  readonly committed: { readonly offset: number; readonly metadata: string } | null;
  /** The lowest offset that still exists (the end offset when the partition is empty). */
  readonly earliest: number;
  /** One past the highest offset. */
  readonly end: number;
}

export interface StartPosition extends TopicPartition {
  readonly offset: number;
}

export interface RecordBatch extends TopicPartition {
  readonly records: readonly StoredRecord[];
  /** Where reading goes on: at least one past the last record; further when offsets in between hold no record. */
  readonly nextOffset: number;
}

export interface CommitEntry extends TopicPartition {
  /** The next offset to be handled. */
  readonly offset: number;
  /** At most 4,096 bytes of ASCII. */
  readonly metadata: string;
}

export interface Membership {
  /**
   * After it returns no further `records` of these partitions begin until `resume`; nothing is skipped. Does not survive
   * the loss of a partition. Partitions that are not held are ignored.
   */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /**
   * Stores positions durably, all or none, as the owner of these partitions. Commits of one membership must not overlap.
   * @throws TransportError `TRAMLINE_STALE_COMMIT` when a partition is no longer this member's (nothing was stored),
   *   `TRAMLINE_METADATA_TOO_LARGE`, `TRAMLINE_AWAY` (retriable)
   */
  commit(entries: readonly CommitEntry[]): Promise<void>;
  /**
   * When the broker was heard last, by this membership: the answer to a heartbeat, a fetch, anything. Monotonic time of the
   * environment's clock; undefined before the first. A membership with a group hears from it at least every third of its
   * session while nothing is wrong, also while everything is paused; what is wrong is told by `status`.
   */
  heardAt(): number | undefined;
  /** `revoked` for all that is held, then leaves the group, so that others take over at once. Idempotent. Never throws. */
  close(): Promise<void>;
}

/**
 * - `joined`: an assignment is complete (perhaps empty).
 * - `away`: the broker or the group cannot be reached; the transport goes on trying. `error` says why.
 * - `failed`: the end; nothing comes any more until `close` and a new `consume`.
 */
export type MembershipStatus =
  | { readonly kind: 'joined' }
  | { readonly kind: 'away'; readonly error: Error }
  | { readonly kind: 'failed'; readonly error: Error };

/** What a transport is given when the bus opens it. */
export interface TransportEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Name of the service, for connections and logs. */
  readonly clientId: string;
  /** Told each time that a broker makes this client wait, as quotas do: which one, and for how many milliseconds. */
  readonly throttled?: (broker: string, delayMs: number) => void;
}

/** What `kafka(...)`, `embedded(...)` and `memory()` return: configuration, checked, with nothing opened yet. */
export interface TransportProvider {
  readonly name: string;
  open(environment: TransportEnvironment): Transport;
}
