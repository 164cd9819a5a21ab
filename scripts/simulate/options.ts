import { parseArgs } from 'node:util';
import type { SimulationName } from './simulation.ts';

/** What `npm run simulate` was asked to do. */
export interface SimulateOptions {
  readonly simulation: SimulationName;
  readonly from: number;
  readonly seeds: number;
  /** One seed was named: its whole trace is shown. */
  readonly single: boolean;
  /** Threads. */
  readonly workers: number;
  /** Bugs are planted, and it is told which seed sees each. */
  readonly planted: boolean;
}

/** The command line cannot be understood; the message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Runs the real runtime through seeded schedules of faults in virtual time, and checks what it promises.

  npm run simulate -- [options]

  --outbox       simulates writers and relays of the outbox instead
  --seeds <n>    how many seeds (default 1000)
  --from <n>     the first one (default 1)
  --seed <n>     this seed alone, with its trace
  --planted      plants known bugs, one after the other, and says which seed sees each
  --workers <n>  threads (default: one for each core)
  --help         shows this

Ends with one line, "N seeds, N violations". Exit code 0: none; 1: some; 2: the command line makes no sense.
`;

/** @throws UsageError */
export function parseOptions(args: readonly string[], cores: number): SimulateOptions | 'help' {
  const { outbox, seeds, from, seed, workers, planted, help } = parse(args);
  if (help) return 'help';
  const single = seed !== undefined;
  if (single && (from !== undefined || seeds !== undefined)) {
    throw new UsageError('--seed names one seed: leave out --from and --seeds');
  }
  return {
    simulation: outbox ? 'outbox' : 'runtime',
    from: single ? number('--seed', seed, 0) : number('--from', from ?? '1', 0),
    seeds: single ? 1 : number('--seeds', seeds ?? (planted ? '500' : '1000'), 1),
    single,
    workers: number('--workers', workers ?? String(cores), 1, 256),
    planted,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string' },
        from: { type: 'string' },
        seed: { type: 'string' },
        workers: { type: 'string' },
        outbox: { type: 'boolean', default: false },
        planted: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function number(option: string, text: string, least: number, most = 1e12): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option} is "${text}": give a whole number from ${least}`);
}
