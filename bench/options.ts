import { parseArgs } from 'node:util';

/** What `npm run bench` was asked to do. */
export interface BenchOptions {
  /** The names of the benchmarks to run, in the order of the list. */
  readonly names: readonly string[];
  /** Print a JSON array on stdout instead of a table. */
  readonly json: boolean;
  /** How often every side is measured. */
  readonly rounds: number;
}

/** The command line cannot be understood; the message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Measures Tramline beside what a user would pick instead, and checks that nothing was lost, doubled or reordered.

  npm run bench -- [names] [options]

  names          run those whose name begins so, such as embedded-latency; all when none is given
  --rounds <n>   measure every side n times, alternating (default 5)
  --json         print an array of { name, ratio, goal, met, detail } on stdout, and nothing else
  --help         show this

Ends with 0 even when a goal is unmet, with 1 when a benchmark's own check fails.
`;

/** @throws UsageError */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  for (const word of positionals) {
    if (!known.some((name) => name.startsWith(word)))
      throw new UsageError(`there is no benchmark "${word}", choose from ${known.join(', ')}`);
  }
  const isChosen = (name: string) =>
    positionals.length === 0 || positionals.some((word) => name.startsWith(word));
  return { names: known.filter(isChosen), json: values.json, rounds: roundCount(values.rounds) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function roundCount(value: string): number {
  const rounds = /^\d+$/.test(value) ? Number(value) : NaN;
  if (rounds >= 1 && rounds <= 1_000) return rounds;
  throw new UsageError(`--rounds is "${value}": give a whole number from 1 to 1000`);
}
