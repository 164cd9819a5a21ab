import type { Log } from '../log/log.js';
import type { Observations } from '../observe/observations.js';
import type { Draft } from '../publish/pending-event.js';
import type { Partitioner } from '../publish/partitioner.js';
import type { Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';
import type { Origin } from '../consume/event-context.js';
import type { OutboxOperator } from './outbox-operator.js';
import type { Transport } from '../transport/transport.js';

/** What `pg(pool)`, `sqlite(db)`, `typeorm(dataSource)` … return: configuration, checked, with nothing opened yet. */
export interface OutboxProvider<Tx = unknown> {
  readonly name: string;
  open(environment: OutboxEnvironment): OutboxBackend<Tx>;
}

/** What an outbox is given when the bus opens it. */
export interface OutboxEnvironment {
  /** Name of the service, for logs and for who holds a lease. */
  readonly service: string;
  /** Where the relay's rows go. Closed by the bus, after the outbox. */
  readonly transport: Transport;
  readonly partitioner: Partitioner;
  /** Called before a topic is used for the first time, and again after the broker lost it: makes or checks it. */
  readonly prepareTopic: (topic: string) => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly observations: Observations;
}

/** An event that is checked and encoded, on its way into the outbox. */
export type OutboxEntry = Pick<Draft, 'id' | 'type' | 'topic' | 'partition' | 'record'>;

/** How entries of one call are written. */
export interface WriteOptions {
  /** false: no order with other events, also of the same key; writers of one key do not wait for each other. */
  readonly ordered: boolean;
  /** Milliseconds from now, by the database's clock, before which they are not relayed; null: at once. */
  readonly delayMs: number | null;
}

/** What one handler does with one event, as the inbox remembers it. */
export interface Effect {
  readonly group: string;
  readonly handlerId: string;
  /** Former ids of the handler: what the inbox knows under them is known. */
  readonly aliases: readonly string[];
  readonly eventId: string;
  readonly origin: Origin;
}

/** What an inbox needs to know of a group before it forgets anything. */
export interface InboxGroup {
  /** As effects are remembered under it. */
  readonly group: string;
  /** As the broker knows it: whose commits say what is done. */
  readonly consumerGroup: string;
  /** Where the events of its handlers come from. */
  readonly topics: readonly string[];
  /** The longest time that an event of this group may wait for another attempt, milliseconds. */
  readonly longestRetryMs: number;
}

/**
 * A database that takes part: its tables hold events until the relay has brought them to the transport (outbox), and remember
 * what handlers did (inbox). Core asks no more of it than this; `@tramline/outbox` implements it.
 *
 * Made -> started (relays and prunes) -> stopped -> closed. `write`, `transaction` and `once` work from the first moment
 * until it is closed.
 */
export interface OutboxBackend<Tx = unknown> {
  readonly name: string;

  /**
   * Writes entries (at least one) in the caller's transaction `tx`, in this order. They reach the transport after, and only
   * if, it commits.
   * @throws OutboxError `TRAMLINE_NO_TRANSACTION` when `tx` is none, is not open, or belongs to another database: nothing was
   *   written; whatever the database throws, as it throws it, because the caller's own error handling must see it
   */
  write(tx: Tx, entries: readonly OutboxEntry[], options: WriteOptions): Promise<void>;

  /** Runs `work` in a new transaction: commits when it resolves, rolls back when it rejects. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;

  /**
   * Runs `work` in a transaction that also remembers the effect, unless it is remembered already. Concurrent calls for one
   * effect wait for each other. Conflicts with other transactions (deadlock, serialisation) run it again, as long as `signal`
   * is not aborted. Aborted: rolled back, whatever `work` says.
   * @returns whether `work` ran; false: the effect was there already, and nothing was done
   * @throws what `work` threw, after the rollback
   */
  once(effect: Effect, signal: AbortSignal, work: (tx: Tx) => Promise<unknown>): Promise<boolean>;

  /**
   * Begins to relay, and to prune the inbox of these groups. While the database is away it resolves and goes on trying.
   * @throws OutboxError when the tables are missing, or older or newer than this code
   */
  start(groups: readonly InboxGroup[]): Promise<void>;

  /** Takes no more rows, lets flights end, gives up leases. Idempotent; never rejects. */
  stop(): Promise<void>;

  /** Stops, and lets go of what the backend itself opened; nothing of it works afterwards. Idempotent; never rejects. */
  close(): Promise<void>;

  /** @throws whatever the database throws */
  status(): Promise<OutboxStatus>;

  /** For operators; works whether or not it was started. */
  readonly operator: OutboxOperator;

  /** Its tables, for who makes and checks them; absent where there are none. */
  readonly tables?: OutboxTables;

  /** How the relay of this process stands, without asking anybody; null where it has none. */
  relayHealth(): RelayHealth | null;

  /** How the whole outbox stood when it was looked at last, without asking anybody. */
  outboxHealth(): OutboxHealth;
}

/** The tables of outbox and inbox. What the database throws comes out as it is. */
export interface OutboxTables {
  /** @throws OutboxError `TRAMLINE_OUTBOX_SCHEMA` when they are missing, older or newer than this code; says how to mend it */
  check(): Promise<void>;
  /** Makes them, or brings them up to date, in one transaction. @throws OutboxError `TRAMLINE_OUTBOX_SCHEMA` when they are newer */
  migrate(): Promise<OutboxMigration>;
  /** The statements that make them from nothing, for who makes tables by other means; to be run in one transaction. */
  sql(): Promise<readonly string[]>;
}

/** What making tables, or bringing them up to date, did. */
export interface OutboxMigration {
  /** Names of the steps that were applied now, in order; none: the tables were up to date. */
  readonly applied: readonly string[];
  /** The version that the tables have. */
  readonly version: number;
}

/** How the relay of one process stands. */
export interface RelayHealth {
  /** Its name among the relays of the database. */
  readonly owner: string;
  /** `away`: the database or the broker cannot be used; it goes on trying. `stopped`: also before it started. */
  readonly status: 'relaying' | 'away' | 'stopped';
  /** How many of the buckets it owns. */
  readonly buckets: number;
  /** Why it is away. */
  readonly error: Error | null;
}

/** How a process knows the outbox of its database, whoever writes and relays. It looks at it every 10 s or more. */
export interface OutboxHealth {
  /** What the database said last; null: it was not asked yet, or has not answered, or this user may not ask. */
  readonly status: OutboxStatus | null;
  /** How long ago that was, milliseconds; null where there is no `status`. */
  readonly agoMs: number | null;
  /** Events wait that should have gone out a minute ago, or the database does not answer. */
  readonly late: boolean;
  /** What is wrong and what mends it, a sentence each; also what leaves `late` as it is. */
  readonly problems: readonly string[];
}

/** How an outbox stands. Ages are milliseconds by the database's clock. */
export interface OutboxStatus {
  /** Rows that wait for a relay, due ones only. */
  readonly backlog: number;
  /** Age of the oldest of them; null when there are none. */
  readonly oldestMs: number | null;
  /** Rows that are not due yet. */
  readonly scheduled: number;
  /** Keys that wait after a failure. */
  readonly held: number;
  /** Rows that can never be sent; they lie until somebody releases or deletes them. */
  readonly dead: number;
  /** Who relays, and how many of the buckets each owns. */
  readonly relays: readonly { readonly owner: string; readonly buckets: number }[];
  /** The oldest transaction that keeps rows from being settled, where the database can tell. */
  readonly blocker: OutboxBlocker | null;
}

/** A transaction that wrote to the outbox and is still open. */
export interface OutboxBlocker {
  readonly pid: number;
  readonly ageMs: number;
  readonly application: string;
  readonly queryStartedAt: Date | null;
}
