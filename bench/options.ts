import { parseArgs } from 'node:util';

/** What `npm run bench` was asked to do. */
export interface BenchOptions {
  /** The names of the benchmarks to run, in the order of the list. */
  readonly names: readonly string[];
  /** Print a JSON array on stdout instead of a table. */
  readonly json: boolean;
  /** How often every side is measured. */
  readonly rounds: number;
  /** Measure also what a normal run leaves out to be over soon. */
  readonly full: boolean;
  /** Keep the results in the checkout, and write plots and page of them. */
  readonly store: boolean;
  /** Only look whether anything became many times slower. */
  readonly gate: boolean;
}

/** The command line cannot be understood; the message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Measures Tramline beside what a user would pick instead, and checks that nothing was lost, doubled or reordered.

  npm run bench -- [names] [options]

  names          run those whose name begins so, such as embedded-latency; all when none is given
  --rounds <n>   measure every side n times, alternating (default 5)
  --full         the rows of growth at every size and in every round, not two rounds of the smallest and the largest
  --json         print an array of { name, ratio, goal, met, detail } on stdout, and nothing else
  --store        keep the results in bench/results, with plots, and write the figures of docs/benchmarks.md; what was not
                 run keeps its earlier results
  --gate         only look, within about a minute, whether anything became many times slower than it is; takes no names
  --help         show this

Ends with 0 even when a goal is unmet, with 1 when a benchmark's own check fails or something does not pass the gate.
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
  const { json, full, store, gate } = values;
  if (gate && (store || full || json || values.rounds !== undefined || positionals.length > 0))
    throw new UsageError(
      '--gate has rows and rounds of its own: give it no names, and neither --rounds, --full, --json nor --store',
    );
  return { names: known.filter(isChosen), json, rounds: roundCount(values.rounds ?? '5'), full, store, gate };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        full: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        store: { type: 'boolean', default: false },
        gate: { type: 'boolean', default: false },
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
