import type { Bench, Benchmark } from './benchmark.ts';
import { rowOf } from './run/row.ts';
import { median } from './run/statistics.ts';
import { CheckError, refuse } from './work/arrivals.ts';
import { GrowingPlace, type Cost, type Size } from './work/growing-place.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

/** An event may cost a fifth more: 1 / 1.2. */
const GOAL = 0.83;
/** MiB that no measured process may pass, unless its row says otherwise. */
const MEMORY = 512;
/** Rounds of a normal run, which looks at the ends only. */
const FEW_ROUNDS = 2;

interface Growth {
  readonly name: string;
  /** What grows, for people. */
  readonly what: string;
  /** From the smallest to the largest. A normal run takes only those in `ends`, or the first and the last. */
  readonly sizes: readonly number[];
  readonly ends?: readonly number[];
  readonly size: (at: number) => Size;
  /** What is compared is the cost divided by this; 1 unless given. */
  readonly per?: (at: number) => number;
  /** The unit of what is compared. */
  readonly unit: string;
  /** MiB that no measured process may pass. Default 512. */
  readonly memory?: number;
  readonly how: string;
}

const BOTH = 'CPU of our process for an event, published and handled';
const HANDLED = 'CPU of our process for an event that is handled';

export const growthPartitions = growing({
  name: 'growth-partitions',
  what: 'partitions',
  sizes: [1, 4, 16, 64],
  size: (partitions) => ({ partitions, keys: 10_000, total: 200_000, orders: 'once' }),
  unit: 'µs',
  how: `${HANDLED}; 10,000 keys, in batches of up to 1,000 as they lie there`,
});

export const growthPartitionsLive = growing({
  name: 'growth-partitions-live',
  what: 'partitions',
  sizes: [1, 4, 16, 64],
  size: (partitions) => ({ partitions, keys: 10_000, total: 200_000 }),
  unit: 'µs',
  how: `${BOTH}; 10,000 keys, 1,000 callers at once, so that a batch has as many fewer events as there are partitions`,
});

export const growthKeys = growing({
  name: 'growth-keys',
  what: 'keys',
  sizes: [10, 1_000, 100_000, 1_000_000],
  size: (keys) => ({ keys, total: Math.max(200_000, keys), orders: 'once' }),
  unit: 'µs',
  how: HANDLED,
});

export const growthHandlers = growing({
  name: 'growth-handlers',
  what: 'handlers, each with a type of its own',
  sizes: [1, 10, 50, 200],
  size: (types) => ({ types, keys: 1_000, total: 200_000 }),
  unit: 'µs',
  how: `${BOTH}; all types on one topic, each event goes to one handler`,
});

export const growthFanOut = growing({
  name: 'growth-fan-out',
  what: 'handlers of the same event',
  sizes: [1, 10, 50, 200],
  // As many runs of handlers at every size, but enough events to have a rate at all.
  size: (copies) => ({ copies, total: Math.max(5_000, 200_000 / copies), orders: 'once' }),
  unit: 'µs',
  // Each run that waits is an object, and the window counts events: see docs/decisions/0060.
  memory: 1_024,
  how: 'CPU of our process for one run of a handler',
});

export const growthSize = growing({
  name: 'growth-size',
  what: 'bytes',
  sizes: [100, 1_000, 10_000, 100_000, 1_000_000],
  ends: [100, 10_000, 1_000_000],
  size: (bytes) => ({ bytes, total: Math.min(60_000, Math.max(200, 60_000_000 / bytes)) }),
  per: (bytes) => bytes / 1_000,
  unit: 'µs a kB',
  how: `${BOTH}, for each 1,000 bytes of JSON`,
});

export const growthWaiting = growing({
  name: 'growth-waiting',
  what: 'events waiting in a tier of the group',
  sizes: [0, 10_000, 100_000, 1_000_000],
  size: (waiting) => ({ waiting, total: 200_000, orders: 'filled', settles: true }),
  unit: 'µs',
  how: `${HANDLED}, while what waits waits`,
});

interface Grown {
  readonly at: number;
  readonly place: GrowingPlace;
  readonly costs: Cost[];
}

/** What an event costs when something grows: each size in a process of its own, in turn. */
function growing({
  name,
  what,
  sizes,
  ends,
  size,
  per = () => 1,
  unit,
  memory = MEMORY,
  how,
}: Growth): Benchmark {
  return {
    name,
    async run(bench: Bench) {
      const chosen = bench.full ? sizes : (ends ?? [sizes[0]!, sizes.at(-1)!]);
      const rounds = bench.full ? bench.rounds : Math.min(bench.rounds, FEW_ROUNDS);
      const addresses = await bench.brokers();
      const topics = await KafkaTopics.open(addresses);
      try {
        const grown: Grown[] = [];
        for (const at of chosen) {
          bench.progress(`${grouped(at)} ${what}: preparing`);
          grown.push({ at, place: await GrowingPlace.open(bench, topics, size(at)), costs: [] });
        }
        // The first time the code is compiled.
        for (const { place } of grown) await place.measure();
        for (let round = 0; round < rounds; round++) {
          for (const { place, costs } of round % 2 === 0 ? grown : grown.toReversed())
            costs.push(checked(name, await place.measure()));
          const said = grown.map(
            ({ at, costs }) => `${grouped(at)}: ${inWords([costs[round]!], per(at), unit)}`,
          );
          bench.progress(`round ${round + 1}: ${said.join(', ')}`);
        }
        const peaks = await Promise.all(grown.map(({ place }) => place.stop()));
        const most = Math.round(Math.max(...peaks));
        if (most > memory) throw new CheckError(`${name}: a process took ${most} MiB, more than ${memory}.`);
        const costs = grown.map(({ at, costs: all }) => `${grouped(at)}: ${inWords(all, per(at), unit)}`);
        const taken = `at most ${most} MiB of memory, ${Math.round(peaks[0]!)} at the smallest`;
        const middle = grown.map(({ at, costs: all }) => median(all.map((cost) => cost.all)) / per(at));
        return [
          rowOf(
            name,
            Array.from({ length: rounds }, (_, round) =>
              flatness(grown.map(({ at, costs: all }) => all[round]!.all / per(at))),
            ),
            GOAL,
            `${what}: ${costs.join(', ')}, ${taken}; ${how}`,
            grown.map(({ at }, index) => ({
              at,
              cost: Math.round((middle[index]! / middle[0]!) * 100) / 100,
            })),
          ),
        ];
      } finally {
        await bench.workspace.clean();
        await topics.close();
      }
    },
  };
}

/** How many times the cost of any size is contained in the least of those smaller than it, at its worst; 1 when it never rises. */
function flatness(costs: readonly number[]): number {
  let least = Infinity;
  let worst = Infinity;
  for (const cost of costs) {
    worst = Math.min(worst, least / cost);
    least = Math.min(least, cost);
  }
  return worst;
}

function checked(name: string, cost: Cost): Cost {
  refuse(name, cost.faults);
  return cost;
}

/** The median cost, and its parts where there are two. */
function inWords(costs: readonly Cost[], per: number, unit: string): string {
  const of = (part: (cost: Cost) => number) => (median(costs.map(part)) / per).toFixed(2);
  const parts =
    costs[0]!.published === 0
      ? ''
      : ` (${of(({ published }) => published)} + ${of(({ handled }) => handled)})`;
  return `${of(({ all }) => all)} ${unit}${parts}`;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
