import { defineEvent, type Contract } from '@tramline/core';
import { Dice, mix } from '../../scenario/dice.ts';

/** What a simulated event carries: its key (null: none) and its number in the run. */
export interface Payload {
  readonly k: string | null;
  readonly n: number;
  /** Weight, so that few events fill a flight. */
  readonly text?: string;
}

const schema = {
  '~standard': {
    version: 1,
    vendor: 'simulation',
    validate: (value: unknown) => ({ value: value as Payload }),
  },
} as const;

const contract = (type: string, topic = type): Contract<Payload> =>
  defineEvent(type, { key: (event: Payload) => event.k, topic, schema });

/** Two types that share a topic, so that they are ordered together, and one with a topic of its own. */
export const CONTRACTS: readonly Contract<Payload>[] = [
  contract('order.placed'),
  contract('order.shipped', 'order.placed'),
  contract('user.joined'),
];

export const TOPICS: readonly string[] = [...new Set(CONTRACTS.map(({ topic }) => topic))];

/** The fixed part of a run; the schedule says what happens to it. Durations are milliseconds. */
export interface Scenario {
  readonly seed: number;
  /** Services with a relay that run at the beginning, and again at the end. */
  readonly processes: number;
  readonly keys: number;
  readonly partitions: number;
  readonly buckets: number;
  /** Rows that a page holds at most, as if they were so large: pages must be left behind by few rows. */
  readonly pageRows: number;
  /** A relay sees that a page is full, and reads the next one ahead; else it looks as if there were no more rows. */
  readonly knowsFullPages: boolean;
  readonly lease: number;
  /** How long a statement takes to the database, and its answer back. */
  readonly latency: number;
  /** How long an append takes to the broker; of the second topic four times as long. */
  readonly append: number;
  /** Some events weigh half a flight. */
  readonly heavy: boolean;
  /** By how much the wall clock of a process may be off. */
  readonly skew: number;
  /** Rows are kept when they were sent. */
  readonly keep: boolean;
  /** One topic goes on refusing after everything else was mended. */
  readonly sickTopic: boolean;
  /** Whether at the end every process is started anew, or those that are left have to go on. */
  readonly restartAtEnd: boolean;
}

export function drawScenario(seed: number): Scenario {
  const dice = new Dice(mix(seed, 'outbox scenario'));
  return {
    seed,
    processes: dice.pick([1, 1, 2, 2, 3]),
    keys: dice.pick([1, 1, 2, 3, 6]),
    partitions: dice.pick([1, 1, 2, 3]),
    buckets: dice.pick([1, 2, 3, 8]),
    pageRows: dice.pick([1, 2, 4, 10, 5_000]),
    lease: dice.pick([3_000, 6_000, 15_000]),
    latency: dice.pick([0, 0, 1, 5, 40]),
    append: dice.pick([0, 0, 3, 40, 80]),
    heavy: dice.chance(0.35),
    skew: dice.pick([0, 20, 3_600_000]),
    keep: dice.chance(0.2),
    sickTopic: dice.chance(0.3),
    restartAtEnd: dice.chance(0.25),
    knowsFullPages: dice.chance(0.6),
  };
}
