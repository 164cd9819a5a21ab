import type { EventRef } from './contract/contract.js';
import type { Validation } from './contract/validation.js';
import type { HandlerDefinition, HandlerOverrides } from './consume/handler.js';
import type { Codec } from './envelope/codec.js';
import type { RetryPolicy, RetryPolicyRef } from './failure/retry-policy.js';
import type { Log } from './log/log.js';
import type { OutboxProvider } from './outbox/outbox-backend.js';
import type { Clock } from './time/clock.js';
import type { Duration } from './time/duration.js';
import type { Random } from './time/random.js';
import type { TransportProvider } from './transport/transport.js';

/** Options of {@link Tramline}. */
export interface TramlineOptions {
  /** The service's name: CloudEvents `source`, default group. Letters, digits, `.`, `_`, `-`. */
  readonly service: string;
  readonly transport: TransportProvider;
  /** Prefix of every topic and group, to keep environments apart on one cluster. Default none. */
  readonly namespace?: string;
  readonly handlers?: readonly HandlerDefinition[];
  /** Events that are published or handled by name only: makes their contracts known. */
  readonly contracts?: readonly EventRef[];
  /** false: publish only, join no group. `{ groups }`: only the handlers of these groups run here. Default true. */
  readonly consume?: boolean | { readonly groups: readonly string[] };
  /** Policy of handlers without one. */
  readonly retry?: RetryPolicyRef;
  /** Policies that handlers may name. */
  readonly policies?: Readonly<Record<string, RetryPolicy>>;
  /** Changes to handlers by id, for what is only known from configuration. */
  readonly overrides?: Readonly<Record<string, HandlerOverrides>>;
  readonly consumer?: ConsumerOptions;
  readonly publisher?: PublisherOptions;
  readonly topics?: TopicOptions;
  /** Where events are published transactionally and `once: true` is remembered. Default none. */
  // oxlint-disable-next-line no-explicit-any -- what a transaction is only the provider knows
  readonly outbox?: OutboxProvider<any>;
  readonly validation?: Validation;
  readonly codec?: Codec;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
}

/** How groups consume. */
export interface ConsumerOptions {
  /** The waits of the group's retry tiers, ascending, fixed per group. Default 10s, 1m, 10m, 1h. */
  readonly retryTiers?: readonly Duration[];
  /** Attempts at once per group in this process. At least 1. Default 256. */
  readonly concurrency?: number;
  /** Records per partition that may be taken in but not done; at this bound the partition is paused. Default 4096. */
  readonly window?: number;
  /** Bytes of records per group that may be taken in but not done, shared by its partitions; at least 1 MiB for each. Default 64 MiB. */
  readonly windowBytes?: number;
  /** Positions are committed this often. Default 500ms. */
  readonly commitInterval?: Duration;
  /** A process that was silent this long loses its partitions. Default 6s. */
  readonly sessionTimeout?: Duration;
  /** How long running attempts may take to end when a partition moves or the process stops. Default 3s. */
  readonly drainTimeout?: Duration;
  /**
   * A group that does not move for this long, though events wait and no attempt runs, is stalled: health and an observation
   * tell, and it joins anew where that can help. Shorter sees it sooner and asks the log more often for its end, three times
   * in this time. At least `sessionTimeout`. Default 30s.
   */
  readonly stalledAfter?: Duration;
  /** What to do when the group's position no longer exists. Default `stop`: nothing is skipped unasked. */
  readonly outOfRange?: 'stop' | 'earliest' | 'latest';
  /** How long a waiting record may wait for a process that knows its handler. Default 1h. */
  readonly unknownHandlerWait?: Duration;
  /**
   * After a rename of a group: new name -> former name. Where the new group has no offset yet it takes over the former one's,
   * and it drains the former one's retry tiers. Stop the former group first; its dead letters stay where they are.
   */
  readonly previousGroups?: Readonly<Record<string, string>>;
}

/** How events are published. */
export interface PublisherOptions {
  /** How long a publish may wait for the broker before it is rejected. Default 30s. */
  readonly timeout?: Duration;
  /** The largest event, bytes of key, payload and headers. Default 1,000,000. */
  readonly maxEventBytes?: number;
  /** Events that may wait for the broker; one more is rejected. Default 100,000. */
  readonly bufferEvents?: number;
  /** Bytes that may wait for the broker. Default 64 MiB. */
  readonly bufferBytes?: number;
  /** Chooses the partition of a keyed event. Default: murmur2 as Kafka's Java client. */
  readonly partitioner?: (key: Uint8Array, partitions: number, topic: string) => number;
}

/** How topics are made or checked. */
export interface TopicOptions {
  /** Default `create`, with `NODE_ENV=production` `verify`. */
  readonly topology?: 'create' | 'verify' | 'off';
  /** Partitions of topics made here. Default: the transport's (6). */
  readonly partitions?: number;
  readonly replication?: number;
  /** How long dead letters stay. Default: for ever. */
  readonly deadRetention?: Duration;
}
