import type { Bench, Benchmark } from './benchmark.ts';
import type { Waited, Waiting } from './processes/tramline-kafka-waiter.ts';
import { rowOf } from './run/row.ts';
import { percentile } from './run/statistics.ts';
import { CheckError, refuse } from './work/arrivals.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

const WORK: Waiting = { events: 500, perSecond: 100, tiers: [2_000, 30_000] };
/** Milliseconds that 99 of 100 may come later than their delay says. */
const ALLOWED = 250;

/**
 * How much later than its tier's delay an event comes back, while two tiers are in use and nothing else is slow. Once, however
 * many rounds others take: nothing is compared, and each of the events waits for itself.
 */
export const kafkaTierDelay: Benchmark = {
  name: 'kafka-tier-delay',
  async run(bench) {
    const waited = await measure(bench);
    return WORK.tiers.map((tier, index) => {
      const [p50, p99] = [50, 99].map((percent) => percentile(waited[index]!.errors, percent));
      const measured = `p99 ${ms(p99!)} of ${ALLOWED} ms allowed, p50 ${ms(p50!)}`;
      const how = `${WORK.events} events, ${WORK.perSecond} a second`;
      return rowOf(`kafka-tier-delay-${tier / 1_000}s`, [ALLOWED / p99!], 1, `${measured}; ${how}`);
    });
  },
};

async function measure({ brokers, workspace }: Bench): Promise<readonly Waited[]> {
  const addresses = await brokers();
  const topics = await KafkaTopics.open(addresses);
  const child = workspace.start('tramline-kafka-waiter.ts', {
    brokers: addresses,
    namespace: topics.namespace,
  });
  try {
    const waited = await child.ask<readonly Waited[]>('delays', WORK);
    check(waited);
    await child.stop();
    return waited;
  } finally {
    await workspace.clean();
    await topics.close();
  }
}

function check(waited: readonly Waited[]): void {
  for (const [index, { errors, faults }] of waited.entries()) {
    const tier = `kafka-tier-delay, ${WORK.tiers[index]} ms`;
    refuse(tier, faults);
    // Clocks round: a millisecond less is none.
    if (Math.min(...errors) < -1)
      throw new CheckError(`${tier}: an event came ${ms(-Math.min(...errors))} early.`);
  }
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
