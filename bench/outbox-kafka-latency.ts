import type { Bench, Benchmark } from './benchmark.ts';
import { rowOf, type Row } from './run/row.ts';
import { median, percentile } from './run/statistics.ts';
import { latenciesOf, type Paced } from './work/outbox-measures.ts';
import { BY_HAND, LIBRARY, ours, type OutboxSide } from './work/outbox-sides.ts';

const NAME = 'outbox-kafka-latency';
const GOAL = 10;
const INTERVAL =
  'they look every 500 ms when there is nothing, the default of pg-transactional-outbox; the same headers and JSON, neither validates';

const RELAY = ours('kafka');

/** From the commit to the handler, PostgreSQL and Kafka, beside a poller as one writes it by hand, and beside a library. */
export const outboxKafkaLatency: Benchmark = {
  name: NAME,
  run: async (bench) => [
    await beside(bench, NAME, BY_HAND, { perSecond: 500, warmUp: 500, total: 2_000 }),
    // As fast as the library can go: two commits that wait for the disk for each event, one event of a key at a time.
    await beside(bench, `${NAME}-library`, LIBRARY, { perSecond: 20, warmUp: 10, total: 80 }),
  ],
};

async function beside(bench: Bench, name: string, side: OutboxSide, work: Paced): Promise<Row> {
  const [mine, theirs]: [number[], number[]] = [[], []];
  const p50 = async (of: OutboxSide) => percentile(await latenciesOf(bench, of, work), 50);
  for (let round = 0; round < bench.rounds; round++) {
    if (round % 2 === 0) mine.push(await p50(RELAY));
    theirs.push(await p50(side));
    if (round % 2 === 1) mine.push(await p50(RELAY));
    bench.progress(`round ${round + 1}: p50 ${ms(mine.at(-1)!)}, ${side.name} ${ms(theirs.at(-1)!)}`);
  }
  const figures = `p50 ${ms(median(mine))}, ${side.name} ${ms(median(theirs))}`;
  const ratios = mine.map((value, round) => theirs[round]! / value);
  return rowOf(name, ratios, GOAL, `${figures}; ${work.perSecond} transactions/s, ${INTERVAL}`);
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
