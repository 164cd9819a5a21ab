import { main, type Env, type Sink } from '@tramline/cli';
import { systemClock } from '@tramline/core';

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `--json` answered, a value for each line. */
  readonly json: readonly unknown[];
}

export interface RunOptions {
  /** stdout and stderr are terminals of this width. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly onStderr?: (text: string) => void;
}

/** Runs one command line of `tramline` in this process, as it would run in an empty folder. */
export async function run(cwd: string, argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  const { columns, signal = new AbortController().signal, onStderr } = options;
  const sink = (name: keyof typeof texts): Sink => ({
    isTTY: columns !== undefined,
    columns: columns ?? Infinity,
    write(text) {
      texts[name] += text;
      if (name === 'stderr') onStderr?.(text);
      return Promise.resolve();
    },
  });
  const env: Env = {
    argv,
    cwd,
    variables: { USER: 'ann' },
    stdin: { isTTY: false, open: () => process.stdin },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    confirm: () => Promise.resolve(false),
    signal,
    clock: systemClock,
  };
  const exit = await main(env);
  const lines = argv.includes('--json') ? texts.stdout.split('\n').filter((line) => line !== '') : [];
  return { exit, ...texts, json: lines.map((line) => JSON.parse(line) as unknown) };
}
