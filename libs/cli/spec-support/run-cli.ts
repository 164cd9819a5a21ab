import { Readable } from 'node:stream';
import { systemClock } from '@tramline/core/ops';
import { InterruptedError, type Env, type Sink } from '../src/env.js';
import { main } from '../src/main.js';

export interface CliRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliWorld {
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** What is piped in; undefined: stdin is a terminal. */
  readonly stdin?: string | Readable;
  /** stdout and stderr are terminals of this width. */
  readonly columns?: number;
  /** What is said to every question. Default no. */
  readonly answer?: boolean;
  /** Aborted: Ctrl-C. */
  readonly signal?: AbortSignal;
  /** Called with each text that is written to stdout. */
  readonly onStdout?: (text: string) => void | Promise<void>;
}

/** Everything around a command, as the test says, and what it wrote. */
export function envOf(argv: readonly string[], world: CliWorld = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const sink = (into: string[], seen: CliWorld['onStdout']): Sink => ({
    isTTY: world.columns !== undefined,
    columns: world.columns ?? Infinity,
    async write(text) {
      into.push(text);
      await seen?.(text);
    },
  });
  const { stdin, cwd = process.cwd(), variables = {}, signal = new AbortController().signal } = world;
  const env: Env = {
    argv,
    cwd,
    variables,
    stdin: {
      isTTY: stdin === undefined,
      open: () =>
        typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : (stdin ?? Readable.from([])),
    },
    stdout: sink(out, world.onStdout),
    stderr: sink(err, undefined),
    confirm: async (question) => {
      err.push(`${question}\n`);
      return world.answer ?? false;
    },
    signal,
    clock: systemClock,
  };
  return { env, out, err };
}

/** Runs a command line in this process. */
export async function runCli(argv: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  const { env, out, err } = envOf(argv, world);
  const exit = await main(env);
  return { exit, stdout: out.join(''), stderr: err.join('') };
}

/** A Ctrl-C to press. */
export function interruption(): { readonly signal: AbortSignal; press(): void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    press: () => controller.abort(new InterruptedError('Stopped by SIGINT.')),
  };
}
