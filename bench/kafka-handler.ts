import type { Benchmark } from './benchmark.ts';
import { compare } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { consumingSide } from './work/consuming-side.ts';
import { fillTopic } from './work/fill-topic.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

const OURS = 60_000;
const HOW =
  'a handler that awaits 1 ms, JSON parsed, nobody validates, 6 partitions, 100 keys in order; a process each';

interface Comparison {
  readonly name: string;
  readonly goal: number;
  readonly beside: string;
  /** Orders that the other side reads. */
  readonly theirs: number;
  readonly settings: { readonly partitionsConsumedConcurrently?: number };
}

/** Beside the Kafka transport of `@nestjs/microservices` as it comes: one event at a time. */
export const kafkaHandler = handling({
  name: 'kafka-handler-1ms',
  goal: 50,
  beside: '@nestjs/microservices as it comes',
  theirs: 2_500,
  settings: {},
});

/** Beside the best that its settings give: one event of each partition at a time. */
export const kafkaHandlerBest = handling({
  name: 'kafka-handler-1ms-best',
  goal: 12,
  beside: '@nestjs/microservices with partitionsConsumedConcurrently: 6',
  theirs: 10_000,
  settings: { partitionsConsumedConcurrently: 6 },
});

function handling({ name, goal, beside, theirs: count, settings }: Comparison): Benchmark {
  return {
    name,
    async run({ rounds, workspace, brokers, progress }) {
      const addresses = await brokers();
      const topics = await KafkaTopics.open(addresses);
      const topicOf = async (total: number) => {
        const topic = await topics.create();
        await fillTopic(addresses, topic, total);
        return { topic, total };
      };
      try {
        const [mine, other] = [await topicOf(OURS), await topicOf(count)];
        const child = workspace.start('tramline-kafka-consumer.ts', { brokers: addresses });
        const nest = workspace.start('nest-consumer.ts', { brokers: addresses, ...settings });
        const ours = consumingSide('core API with concurrency 100', child, 'handle', topics, mine);
        const theirs = consumingSide(beside, nest, 'handle', topics, other);
        // The first time the code is compiled.
        for (const one of [ours, theirs]) await one.measure();
        const { ratios, rates } = await compare(ours, theirs, rounds, progress);
        return [rowOf(name, ratios, goal, `${rates}; ${HOW}`)];
      } finally {
        await topics.close();
      }
    },
  };
}
