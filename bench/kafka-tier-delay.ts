import type { Bench, Benchmark } from './benchmark.ts';
import type { Errors, Waiting } from './processes/tramline-kafka-waiter.ts';
import { rowOf } from './run/row.ts';
import { percentile } from './run/statistics.ts';
import { CheckError } from './work/arrivals.ts';
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
    const errors = await measure(bench);
    return WORK.tiers.map((tier, index) => {
      const [p50, p99] = [50, 99].map((percent) => percentile(errors[index]!, percent));
      const measured = `p99 ${ms(p99!)} of ${ALLOWED} ms allowed, p50 ${ms(p50!)}`;
      const how = `${WORK.events} events, ${WORK.perSecond} a second`;
      return rowOf(`kafka-tier-delay-${tier / 1_000}s`, [ALLOWED / p99!], 1, `${measured}; ${how}`);
    });
  },
};

async function measure({ brokers, workspace }: Bench): Promise<Errors> {
  const addresses = await brokers();
  const topics = await KafkaTopics.open(addresses);
  const child = workspace.start('tramline-kafka-waiter.ts', {
    brokers: addresses,
    namespace: topics.namespace,
  });
  try {
    const errors = await child.ask<Errors>('delays', WORK);
    check(errors);
    await child.stop();
    return errors;
  } finally {
    await workspace.clean();
    await topics.close();
  }
}

function check(errors: Errors): void {
  for (const [index, found] of errors.entries()) {
    const tier = `kafka-tier-delay, ${WORK.tiers[index]} ms`;
    if (found.length < WORK.events)
      throw new CheckError(`${tier}: ${WORK.events - found.length} events did not come back.`);
    if (found.length > WORK.events)
      throw new CheckError(`${tier}: ${found.length - WORK.events} attempts too many.`);
    // Clocks round: a millisecond less is none.
    if (Math.min(...found) < -1)
      throw new CheckError(`${tier}: an event came ${ms(-Math.min(...found))} early.`);
  }
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
