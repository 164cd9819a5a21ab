import type { Contract, EventRef } from '../contract/contract.js';
import type { ResolvedPolicy } from '../failure/policy.js';
import type { RetryPolicyRef } from '../failure/retry-policy.js';
import type { Duration } from '../time/duration.js';

/** Options of one handler, the same for `@OnEvent` and for handlers registered without Nest. */
export interface HandlerOptions {
  /** Stable name, unique in the service; in headers of retries and dead letters. Default `Class.method`. Required with `once`. */
  readonly id?: string;
  /** Former ids: what waits under them in retry tiers and dead letters is this handler's. */
  readonly aliases?: readonly string[];
  /** The consumer group. Default: the service's name. */
  readonly group?: string;
  /** Default: the service's `retry`. */
  readonly retry?: RetryPolicyRef;
  /** How many attempts of this handler run at once in one process; keys stay in order. At least 1. Default 64. */
  readonly concurrency?: number;
  /** An attempt that takes longer is aborted through `context.signal` and counts as failed. Default 60s. */
  readonly timeout?: Duration;
  /**
   * `unicast`: the processes of the group share the work. `broadcast`: every process gets every event from now on, without
   * memory, retry tiers and dead letters. Default `unicast`.
   */
  readonly delivery?: 'unicast' | 'broadcast';
  /** Where the group starts on a topic it never read. Default `earliest`. Handlers of one group and topic must agree. */
  readonly startFrom?: 'earliest' | 'latest';
  /** Gather events of one partition: at most `size`, waiting at most `wait` (default 50ms) for more. */
  readonly batch?: { readonly size: number; readonly wait?: Duration };
  /**
   * Also run for records without a value, with `null` in place of the event; handlers of its type that do not ask are passed
   * over. Where none asks, such a record is a dead letter. Default false.
   */
  readonly tombstones?: boolean;
  /** Run in `context.tx`, a transaction that also remembers the event: its effect happens once. Needs `outbox`. Default false. */
  readonly once?: boolean;
  /** Only `relaxed` exists so far: later events of a key may overtake one that waits in a retry tier. */
  readonly order?: 'relaxed' | 'key';
  /** false: not subscribed, as if it were not there; what waits for it in retry tiers stays. Default true. */
  readonly enabled?: boolean;
}

/** What configuration may change of a handler, by its id. */
export type HandlerOverrides = Pick<HandlerOptions, 'enabled' | 'concurrency' | 'retry' | 'timeout'>;

/** A handler as the runtime takes it. `@OnEvent` produces these; so can anybody without Nest. */
export interface HandlerDefinition extends HandlerOptions {
  readonly id: string;
  /** What it reacts to; at least one. */
  readonly events: readonly EventRef[];
  /** For messages about this handler, such as `Greeter.greet`. Default: the id. */
  readonly place?: string;
  /**
   * One attempt. With `batch` it gets arrays. What it throws or rejects with is the attempt's error; what it returns is
   * ignored once awaited.
   */
  // oxlint-disable-next-line no-explicit-any -- payload types are checked where handlers are declared
  readonly run: (event: any, context: any) => unknown;
}

/** A handler after all defaults, policies and overrides: what the runtime works with. */
export interface Handler {
  readonly id: string;
  readonly ids: ReadonlySet<string>;
  readonly group: string;
  readonly place: string;
  readonly contracts: readonly Contract[];
  readonly enabled: boolean;
  readonly policy: ResolvedPolicy;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly broadcast: boolean;
  readonly startFrom: 'earliest' | 'latest';
  readonly batch: { readonly size: number; readonly waitMs: number } | null;
  readonly tombstones: boolean;
  readonly once: boolean;
  readonly run: HandlerDefinition['run'];
}
