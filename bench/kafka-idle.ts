import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { rowOf } from './run/row.ts';
import { median } from './run/statistics.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

/** What joining started has ended by then. */
const SETTLE_MS = 5_000;
const MEASURE_MS = 6_000;

/** CPU of a service that has nothing to do, beside that of a kafkajs consumer. At the same time: neither disturbs the other. */
export const kafkaIdle: Benchmark = {
  name: 'kafka-idle',
  async run({ rounds, workspace, brokers, progress }) {
    const addresses = await brokers();
    const topics = await KafkaTopics.open(addresses);
    try {
      const topic = await topics.create();
      const settings = { brokers: addresses };
      const pair = ['tramline-kafka-consumer.ts', 'kafkajs-consumer.ts'].map((program) =>
        workspace.start(program, settings),
      );
      await Promise.all(
        pair.map((child) => child.ask('idle', { topic, group: topics.name('group'), total: 0 })),
      );
      await sleep(SETTLE_MS);
      const used: (readonly [ours: number, theirs: number])[] = [];
      for (let round = 0; round < rounds; round++) {
        const [ours, theirs] = await Promise.all(pair.map((child) => child.ask<number>('cpu', MEASURE_MS)));
        used.push([ours!, theirs!]);
        progress(`round ${round + 1}: ${percent(ours!)} beside ${percent(theirs!)}`);
      }
      await Promise.all(pair.map((child) => child.stop()));
      const [mine, other] = [0, 1].map((side) => percent(median(used.map((both) => both[side]!))));
      const rates = `service with a handler and its retry tiers ${mine} of a core, raw kafkajs consumer ${other}`;
      return [
        rowOf(
          'kafka-idle',
          used.map(([ours, theirs]) => theirs / ours),
          1,
          `${rates}; CPU within ${MEASURE_MS / 1_000} s, at the same time, one topic of 6 partitions, both with their defaults`,
        ),
      ];
    } finally {
      await workspace.clean();
      await topics.close();
    }
  },
};

function percent(milliseconds: number): string {
  return `${((milliseconds / MEASURE_MS) * 100).toFixed(2)} %`;
}
