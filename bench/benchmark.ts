import type { Row } from './run/row.ts';
import type { Workspace } from './run/workspace.ts';

/** What a benchmark runs with. */
export interface Bench {
  readonly rounds: number;
  /** Whether to measure also what a normal run leaves out to be over soon. */
  readonly full: boolean;
  /** Directories and processes that are gone when the benchmark is over, however it ends. */
  readonly workspace: Workspace;
  /** Addresses of a Kafka, which the first one to ask starts. @throws NotRunError when none can be had */
  readonly brokers: () => Promise<string>;
  /** URL of a PostgreSQL in which databases may be made; the first one to ask starts it. @throws NotRunError when none can be had */
  readonly postgres: () => Promise<string>;
  /** One line for who waits. */
  readonly progress: (line: string) => void;
}

/**
 * One comparison. It checks what it moved.
 * @throws CheckError when an event was lost, doubled or out of order per key
 * @throws NotRunError when this machine lacks what it needs
 */
export interface Benchmark {
  /** In kebab case; its rows' names begin with it. */
  readonly name: string;
  run(bench: Bench): Promise<readonly Row[]>;
}

/** This machine lacks what a benchmark needs; the message says what, and how to get it. */
export class NotRunError extends Error {
  override readonly name = 'NotRunError';
}
