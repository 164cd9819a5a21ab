import type { Readable } from 'node:stream';

/**
 * All that a command sees of the world outside, so that every command runs in a test as it runs in a terminal. `processEnv`
 * makes the one of this process.
 */
export interface Env {
  /** The words behind `tramline`. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly stdin: Source;
  /** Results, and nothing else. */
  readonly stdout: Sink;
  /** Whatever is not a result: progress, hints, warnings, errors. */
  readonly stderr: Sink;
  /** Asks a person, on stderr; only where stdin and stderr are terminals. Ctrl-C means no. */
  confirm(question: string): Promise<boolean>;
  /** Aborted by the first Ctrl-C or request to end, with an {@link InterruptedError} as its reason. */
  readonly signal: AbortSignal;
  readonly clock: WallClock;
}

export interface Source {
  readonly isTTY: boolean;
  /** What is read; opened only when it is asked for, since an open stdin keeps a process alive. */
  open(): Readable;
}

export interface Sink {
  readonly isTTY: boolean;
  /** Width of the terminal; Infinity where there is none. Asked for anew each time: terminals are resized. */
  readonly columns: number;
  /**
   * Resolves when the reader has room for more, so that a slow reader costs no memory.
   * @throws ClosedPipeError when nobody reads any more
   */
  write(text: string): Promise<void>;
}

export interface WallClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some fixed start; never goes back. */
  monotonic(): number;
}

/** Nobody reads what we write: `tramline tail | head`. The end of the command, and not a failure. */
export class ClosedPipeError extends Error {
  override readonly name = 'ClosedPipeError';
}

/** Ctrl-C, or another request to end. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}
