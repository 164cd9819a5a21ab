import type { Benchmark } from './benchmark.ts';
import { rowOf } from './run/row.ts';
import { median, percentile } from './run/statistics.ts';
import { latenciesOf, type Paced } from './work/outbox-measures.ts';
import type { OutboxSide } from './work/outbox-sides.ts';

const ALLOWED = { p50: 10, p99: 50 };
const WORK: Paced = { perSecond: 500, warmUp: 1_000, total: 3_000 };

/** From the commit of a transaction that publishes to the handler in another process, on the embedded transport. */
export const outboxLatencySqlite = latency('outbox-latency-sqlite', 'sqlite');
export const outboxLatencyPostgres = latency('outbox-latency-postgres', 'postgres');

function latency(name: string, store: OutboxSide['store']): Benchmark {
  const side: OutboxSide = { name, programs: 'tramline', store, carrier: 'embedded', inOrder: true };
  return {
    name,
    async run(bench) {
      const p50: number[] = [];
      const p99: number[] = [];
      for (let round = 0; round < bench.rounds; round++) {
        const latencies = await latenciesOf(bench, side, WORK);
        p50.push(percentile(latencies, 50));
        p99.push(percentile(latencies, 99));
        bench.progress(`round ${round + 1}: p50 ${ms(p50.at(-1)!)}, p99 ${ms(p99.at(-1)!)}`);
      }
      const how = `from the commit to the handler, ${WORK.perSecond} transactions/s, ${store} and the embedded transport, two processes`;
      return (['p50', 'p99'] as const).map((which) => {
        const values = which === 'p50' ? p50 : p99;
        const allowed = ALLOWED[which];
        return rowOf(
          `${name}-${which}`,
          values.map((value) => allowed / value),
          1,
          `${ms(median(values))} of ${allowed} ms allowed; ${how}`,
        );
      });
    },
  };
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
