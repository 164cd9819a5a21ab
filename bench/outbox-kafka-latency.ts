import type { Benchmark } from './benchmark.ts';
import { rowOf } from './run/row.ts';
import { median, percentile } from './run/statistics.ts';
import { latenciesOf, type Paced } from './work/outbox-measures.ts';
import type { OutboxSide } from './work/outbox-place.ts';

const NAME = 'outbox-kafka-latency';
const GOAL = 10;
const WORK: Paced = { perSecond: 500, warmUp: 1_000, total: 4_000 };

const common = { store: 'postgres', carrier: 'kafka', inOrder: true } as const;
const ours: OutboxSide = { ...common, name: 'ours', programs: 'tramline' };
const theirs: OutboxSide = {
  ...common,
  name: 'a hand-written poller with kafkajs',
  programs: 'hand-written',
};

/** From the commit to the handler, PostgreSQL and Kafka, beside a poller as one writes it by hand. */
export const outboxKafkaLatency: Benchmark = {
  name: NAME,
  async run(bench) {
    const medians = new Map<OutboxSide, number[]>([
      [ours, []],
      [theirs, []],
    ]);
    for (let round = 0; round < bench.rounds; round++) {
      for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours])
        medians.get(side)!.push(percentile(await latenciesOf(bench, side, WORK), 50));
      const [a, b] = [ours, theirs].map((side) => medians.get(side)!.at(-1)!);
      bench.progress(`round ${round + 1}: p50 ${ms(a!)} beside ${ms(b!)}`);
    }
    const [mine, other] = [ours, theirs].map((side) => medians.get(side)!);
    const figures = `p50 ${ms(median(mine!))} beside ${ms(median(other!))}`;
    const how = `${WORK.perSecond} transactions/s; the poller looks every 500 ms, as pg-transactional-outbox does by default`;
    return [
      rowOf(
        NAME,
        mine!.map((value, round) => other![round]! / value),
        GOAL,
        `${figures}; ${how}`,
      ),
    ];
  },
};

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
