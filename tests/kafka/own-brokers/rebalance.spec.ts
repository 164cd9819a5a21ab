import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { KafkaCluster } from '../../../scripts/kafka/cluster.ts';
import { describeWithOwnBrokers } from '../support/broker.ts';
import { KafkaWorld } from '../support/kafka-world.ts';
import { until } from '../support/until.ts';
import { Workers } from '../support/workers.ts';
import { Ticked } from './load.ts';

const COUNT = 100_000;
const KEYS = 500;
const PARTITIONS = 12;
const WORKER = join(import.meta.dirname, 'rebalance-worker.ts');

interface Run {
  readonly by: string;
  readonly n: number;
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

describeWithOwnBrokers('three processes of one group', () => {
  let cluster: KafkaCluster;
  let world: KafkaWorld;
  let workers: Workers;
  beforeAll(async () => {
    cluster = await KafkaCluster.start();
  }, 120_000);
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    workers = new Workers(WORKER);
    world = new KafkaWorld(cluster.addresses.join(','));
  });
  afterEach(async () => {
    workers.close();
    await world.close();
  });

  const launch = (name: string) => workers.launch(name, world.brokers, world.namespace);
  const end = async (name: string, signal: NodeJS.Signals) => {
    const at = Date.now();
    await workers.end(name, signal);
    return at;
  };
  const countOf = (...names: string[]) => names.reduce((sum, name) => sum + workers.lines(name).length, 0);

  it(
    'share the work; two join, one stops, one is killed, and nothing is lost',
    { timeout: 400_000 },
    async () => {
      const bus = world.bus('source', { consume: false, topics: { partitions: PARTITIONS } });
      for (let from = 0; from < COUNT; from += 10_000) {
        const items = Array.from(
          { length: 10_000 },
          (_, index) => [Ticked, { key: `k${(from + index) % KEYS}`, n: from + index }] as const,
        );
        await bus.events.publishAll(items);
      }
      const moments: Record<string, number> = {};
      launch('a');
      await until('a works', () => countOf('a') > 10_000, 90_000);
      moments['join'] = Date.now();
      launch('b');
      launch('c');
      await until('b and c work', () => countOf('b') > 5_000 && countOf('c') > 5_000, 90_000);
      moments['stop'] = await end('b', 'SIGTERM');
      await until('the others go on', () => countOf('a', 'b', 'c') > 60_000, 90_000);
      moments['kill'] = await end('c', 'SIGKILL');
      const seen = () => new Set(workers.allLines().map((line) => line.slice(0, line.indexOf(','))));
      await until('everything is handled', () => seen().size === COUNT, 120_000);
      await end('a', 'SIGTERM');

      const runs = ['a', 'b', 'c'].flatMap((by) =>
        workers.lines(by).map((line): Run => {
          const [n, key, , start, finish] = line.split(',');
          return { by, n: Number(n), key: key!, start: Number(start), end: Number(finish) };
        }),
      );
      const repeats = repeated(runs);
      const gracefully = repeats.filter((group) => !group.some(({ by }) => by === 'c'));
      expect(gracefully).toEqual([]);
      expect(disordered(runs)).toEqual([]);
      const steps = Object.entries(moments);
      const gaps = steps.map(
        ([what, at], index) => `${what} ${longestSilence(runs, at, steps[index + 1]?.[1] ?? Infinity)} ms`,
      );
      console.log(
        `${COUNT} events, ${repeats.length} repeated by the kill; longest silence of the group after ${gaps.join(', ')}`,
      );
    },
  );
});

/** Runs of the same event. */
function repeated(runs: readonly Run[]): Run[][] {
  return [...Map.groupBy(runs, ({ n }) => n).values()].filter((group) => group.length > 1);
}

/** Keys of which an event began for the first time before the one before it had ended. */
function disordered(runs: readonly Run[]): string[] {
  const firsts = [...Map.groupBy(runs, ({ n }) => n).values()].map((group) =>
    group.reduce((a, b) => (a.end <= b.end ? a : b)),
  );
  return [...Map.groupBy(firsts, ({ key }) => key)].flatMap(([key, all]) => {
    const inOrder = all.toSorted((a, b) => a.n - b.n);
    return inOrder.some((run, at) => at > 0 && run.start < inOrder[at - 1]!.end - 1) ? key : [];
  });
}

function longestSilence(runs: readonly Run[], from: number, to: number): number {
  const ends = runs.map((run) => run.end).filter((at) => at >= from && at <= to);
  const sorted = ends.toSorted((a, b) => a - b);
  return sorted.reduce((most, at, index) => Math.max(most, index === 0 ? 0 : at - sorted[index - 1]!), 0);
}
