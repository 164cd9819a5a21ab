import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { rowOf } from './run/row.ts';
import { median } from './run/statistics.ts';
import type { Idling } from './work/consuming.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

const NAME = 'kafka-idle';
/** What joining started has ended by then. */
const SETTLE_MS = 4_000;
const MEASURE_MS = 5_000;
const MANY = 10;

const OURS = 'tramline-kafka-consumer.ts';
const THEIRS = 'kafkajs-consumer.ts';
const SERVICES = [
  { program: OURS, groups: 1 },
  { program: THEIRS, groups: 1 },
  { program: OURS, groups: MANY },
  { program: THEIRS, groups: MANY },
] as const;

/**
 * CPU of a service that has nothing to do, of one group and of ten, each with its retry tiers, beside that of a process with
 * as many kafkajs consumers. All at the same time: they do not disturb each other.
 */
export const kafkaIdle: Benchmark = {
  name: NAME,
  async run({ rounds, workspace, brokers, progress }) {
    const addresses = await brokers();
    const topics = await KafkaTopics.open(addresses);
    try {
      const topic = await topics.create();
      const services = [];
      for (const { program, groups } of SERVICES) {
        const service = workspace.start(program, { brokers: addresses });
        const names = Array.from({ length: groups }, () => topics.name('group'));
        await service.ask('idle', { topic, groups: names } satisfies Idling);
        services.push(service);
      }
      await sleep(SETTLE_MS);
      const used: (readonly number[])[] = [];
      for (let round = 0; round < rounds; round++) {
        used.push(await Promise.all(services.map((service) => service.ask<number>('cpu', MEASURE_MS))));
        progress(`round ${round + 1}: ${used.at(-1)!.map(percent).join(' beside ')}`);
      }
      await Promise.all(services.map((service) => service.stop()));
      const how = `CPU within ${MEASURE_MS / 1_000} s, at the same time, one topic of 6 partitions, both with their defaults`;
      const row = (name: string, [ours, theirs]: readonly [number, number], what: string, beside: string) => {
        const [mine, other] = [ours, theirs].map((at) => percent(median(used.map((all) => all[at]!))));
        const ratios = used.map((all) => all[theirs]! / all[ours]!);
        return rowOf(name, ratios, 1, `${what} ${mine} of a core, ${beside} ${other}; ${how}`);
      };
      const one = 'service with a group and its retry tiers';
      const many = 'service with ten groups and their tiers';
      return [
        row(NAME, [0, 1], one, 'raw kafkajs consumer'),
        row(`${NAME}-ten`, [2, 3], many, 'ten raw kafkajs consumers'),
        row(`${NAME}-ten-beside-one`, [2, 1], many, 'one raw kafkajs consumer'),
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
