import { parseArgs } from 'node:util';

export interface ChaosOptions {
  /** How long people register, faults included. What comes before and after is not counted. */
  readonly minutes: number;
  /** Draws faults, victims and lengths. */
  readonly seed: number;
  /** Registrations a second; undefined: the most that leave a quarter of the CPU free, found by trying. */
  readonly rate: number | undefined;
}

const DEFAULTS = { minutes: 10, rate: undefined } as const;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage: npm run chaos -- [options]

Runs the sample system, two processes of each service, on three Kafka brokers and a PostgreSQL of its own. People register at
a steady rate, while processes, brokers and the database are killed, stopped, cut off, slowed, poisoned and deployed anew.
Then checks from outside that nobody was lost: docs/chaos.md.

  --minutes <n>   how long people register (default 10); 3 is enough for one fault of each kind
  --seed <n>      draws faults, victims and lengths (default: a new one, which is printed)
  --rate <n>      registrations a second (default: the most that leave a quarter of the CPU free)
  --help

Exit code 0: everything held; 1: something did not; 2: the command line makes no sense.
`;

/** @param drawn - the seed where none is given. @throws UsageError */
export function parseOptions(args: readonly string[], drawn: number): ChaosOptions | 'help' {
  const { minutes, seed, rate, help } = parse(args);
  if (help) return 'help';
  return {
    minutes: minutes === undefined ? DEFAULTS.minutes : amount('minutes', minutes, 600),
    seed: seed === undefined ? drawn : amount('seed', seed, 4_294_967_295),
    rate: rate === undefined ? DEFAULTS.rate : amount('rate', rate, 10_000),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { minutes: text, seed: text, rate: text, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function amount(name: string, text: string, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= most) return value;
  throw new UsageError(`--${name} is "${text}": give a whole number from 1 to ${most}`);
}
