import type { Clock, Transport, TransportProvider } from '@tramline/core';

/**
 * What a case asks of a transport beyond the port's common ground: `durable`, `shared` and `growth` are capabilities; the
 * others are what a test can do to it. `crash`: end a process so abruptly that it says no word. `away`: take the broker away
 * and bring it back. `retention`: see old records go within the suite's patience.
 */
export type ConformanceNeed = 'durable' | 'shared' | 'growth' | 'crash' | 'away' | 'retention';

/** How the suite gets hold of a transport. */
export interface ConformanceSetup {
  /** For the titles. */
  readonly name: string;
  /** A place for one case: an empty log, or a shared broker (names of topics and groups never repeat). */
  create(): Promise<ConformanceWorld>;
  /** What this transport honestly cannot do. Cases that need it are skipped by name. Default: nothing. */
  readonly lacks?: readonly ConformanceNeed[];
  /** Session timeout of all members, milliseconds. A crash costs the suite that much. Default 6,000. */
  readonly sessionTimeoutMs?: number;
  /** How long, on the world's clock, the suite waits for anything, milliseconds. Default 30,000. */
  readonly patienceMs?: number;
  /** How many records go through three members in the case under load. Fewer for a transport that is slow. Default 100,000. */
  readonly records?: number;
}

/** Where one case runs. */
export interface ConformanceWorld {
  /** Each `open` stands for a process: all see the same log where the transport is `shared`. */
  readonly provider: TransportProvider;
  /** The clock to open transports on. With `advance` the suite moves it instead of waiting. Default: the system's clock. */
  readonly clock?: Clock & { advance?(ms: number): Promise<void> };
  /**
   * Opens a transport that `crash` can end, for cases that need it; perhaps in a child process. Default: `provider.open`.
   * `crash` ends it without a word: its heartbeats stop, its listeners are called no more.
   */
  crash?(transport: Transport): void | Promise<void>;
  /**
   * Takes the broker away from every transport of this world: calls cannot reach it, nothing is delivered. Or brings it back.
   * For cases that need `away`.
   */
  setAway?(away: boolean): void | Promise<void>;
  /**
   * Lets the broker's retention run on a topic now, for cases that need `retention`. Default: nothing, for a broker that does
   * it by itself within the suite's patience.
   */
  expire?(topic: string): void | Promise<void>;
  /** After the case: every transport was closed before, except those that crashed. */
  dispose?(): Promise<void>;
}
