import type { EventRef, OutboxProvider, TransportProvider } from '@tramline/core/ops';

/**
 * What `tramline.config.ts` exports by default, so that commands know the system they work on. Everything is optional: what
 * is not there comes from flags and `TRAMLINE_*` variables, and commands that need it say so.
 */
export interface TramlineConfig {
  /** What carries the events, as the services have it: `kafka({ brokers })`, `embedded({ directory })`. */
  readonly transport?: TransportProvider;
  /** Prefix of topics and groups, as the services have it. Default none. */
  readonly namespace?: string;
  /** The database of an outbox, for `tramline outbox` and `tramline relay`: `pg(pool)`, `nodeSqlite(db)`, … */
  readonly outbox?: OutboxSource;
  /** Events by their classes or `defineEvent(…)`: lets `publish` check payloads and know keys and topics. */
  readonly contracts?: ContractsSource;
  /** The application, or several: handlers and contracts for `asyncapi` and `doctor`. It is built, but joins no group. */
  readonly app?: AppSource | readonly AppSource[];
}

// oxlint-disable-next-line no-explicit-any -- what a transaction is only the provider knows
export type AnyOutbox = OutboxProvider<any>;

/** An outbox, or a function that opens its database, which runs only for commands that look into it. */
export type OutboxSource = AnyOutbox | (() => AnyOutbox | Promise<AnyOutbox>);

/** A list, or a function that imports it, which runs only for commands that need it. */
export type ContractsSource =
  readonly EventRef[] | (() => readonly EventRef[] | Promise<readonly EventRef[]>);

/** Makes an application: answers its root module, or, without Nest, a `Tramline` that was not started. */
export type AppSource = () => object | Promise<object>;

/** Types the configuration; gives it back as it is. */
export function defineConfig(config: TramlineConfig): TramlineConfig {
  return config;
}
