import type { Benchmark } from './benchmark.ts';
import { rowOf } from './run/row.ts';
import { median, percentile } from './run/statistics.ts';
import type { Workspace } from './run/workspace.ts';
import { refuse } from './work/arrivals.ts';
import type { Arrived } from './processes/tramline-consumer.ts';
import type { Paced } from './processes/tramline-producer.ts';

const PER_SECOND = 1_000;
const SECONDS = 5;
const WARM_UP = PER_SECOND;
const EVENTS = WARM_UP + PER_SECOND * SECONDS;
const ALLOWED = { p50: 10, p99: 50 };

/** From the call of `publish` in one process to the handler's first line in another, at 1,000 events a second. */
export const embeddedLatency: Benchmark = {
  name: 'embedded-latency',
  async run({ rounds, workspace, progress }) {
    const p50: number[] = [];
    const p99: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { latencies, perSecond } = await measure(workspace);
      p50.push(percentile(latencies, 50));
      p99.push(percentile(latencies, 99));
      rates.push(perSecond);
      progress(`round ${round + 1}: p50 ${ms(p50.at(-1)!)}, p99 ${ms(p99.at(-1)!)}`);
    }
    const how = `at ${Math.round(median(rates)).toLocaleString('en-US')} events/s, two processes, a Nest handler`;
    return [
      rowOf(
        'embedded-latency-p50',
        p50.map((value) => ALLOWED.p50 / value),
        1,
        `${ms(median(p50))} of ${ALLOWED.p50} ms allowed; ${how}`,
      ),
      rowOf(
        'embedded-latency-p99',
        p99.map((value) => ALLOWED.p99 / value),
        1,
        `${ms(median(p99))} of ${ALLOWED.p99} ms allowed; ${how}`,
      ),
    ];
  },
};

/** New processes and a new log every time; the first second is not counted. */
async function measure(workspace: Workspace): Promise<{ latencies: readonly number[]; perSecond: number }> {
  const directory = workspace.directory();
  const consumer = workspace.start('tramline-consumer.ts', { directory, total: EVENTS });
  const producer = workspace.start('tramline-producer.ts', { directory });
  try {
    await Promise.all([consumer.ask('ready'), producer.ask('ready')]);
    const { perSecond } = await producer.ask<Paced>('pace', { from: 0, to: EVENTS, perSecond: PER_SECOND });
    const { latencies } = await consumer.ask<Arrived>('arrived', EVENTS);
    await producer.stop();
    refuse('embedded-latency', await consumer.stop());
    return { latencies: latencies.slice(WARM_UP), perSecond };
  } finally {
    await workspace.clean();
  }
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
