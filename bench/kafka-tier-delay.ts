import type { Bench, Benchmark } from './benchmark.ts';
import type { Errors, Waiting } from './processes/tramline-kafka-waiter.ts';
import { rowOf } from './run/row.ts';
import { percentile } from './run/statistics.ts';
import { CheckError } from './work/arrivals.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

const WORK: Waiting = { events: 500, perSecond: 50, tiers: [2_000, 30_000] };
/** Milliseconds that 99 of 100 may come later than their delay says. */
const ALLOWED = 250;

/** How much later than its tier's delay an event comes back, while two tiers are in use and nothing else is slow. */
export const kafkaTierDelay: Benchmark = {
  name: 'kafka-tier-delay',
  async run(bench) {
    const p99 = WORK.tiers.map((): number[] => []);
    const p50 = WORK.tiers.map((): number[] => []);
    for (let round = 0; round < bench.rounds; round++) {
      const errors = await measure(bench);
      const said = errors.map((found, index) => {
        p50[index]!.push(percentile(found, 50));
        p99[index]!.push(percentile(found, 99));
        return `${WORK.tiers[index]! / 1_000} s: p50 ${ms(p50[index]!.at(-1)!)}, p99 ${ms(p99[index]!.at(-1)!)}`;
      });
      bench.progress(`round ${round + 1}: ${said.join('; ')}`);
    }
    return WORK.tiers.map((tier, index) => {
      const [middle, worst] = [Math.max(...p50[index]!), Math.max(...p99[index]!)];
      const detail = `p99 at most ${ms(worst)} of ${ALLOWED} ms allowed, p50 at most ${ms(middle)}; ${WORK.events} events, ${WORK.perSecond} a second`;
      return rowOf(
        `kafka-tier-delay-${tier / 1_000}s`,
        p99[index]!.map((error) => ALLOWED / error),
        1,
        detail,
      );
    });
  },
};

/** A new group and new tiers every time. */
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
    // Clocks round: a millisecond less is none.
    if (Math.min(...found) < -1)
      throw new CheckError(`${tier}: an event came ${ms(-Math.min(...found))} early.`);
  }
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
