import type { Clock, Transport, TransportProvider } from '@tramline/core';

/**
 * What a case asks of a transport beyond the port's common ground.
 * `crash`: the test can end a process so abruptly that it says no word; the others are the transport's capabilities.
 */
export type ConformanceNeed = 'durable' | 'shared' | 'growth' | 'crash';

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
  /** After the case: every transport was closed before, except those that crashed. */
  dispose?(): Promise<void>;
}
