import type { Bench, Benchmark } from './benchmark.ts';
import { compare, inTurn, type Side } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { consumingSide } from './work/consuming-side.ts';
import { fillTopic } from './work/fill-topic.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

const NAME = 'kafka-handler-1ms';
const HOW =
  'a handler that awaits 1 ms, JSON parsed, neither validates, 6 partitions, 7 headers each, 100 keys in order; a process each';
/** Orders that each side reads in two to four seconds. */
const ORDERS = { ours: 60_000, theirs: 1_500, best: 6_000 } as const;
const MILLISECOND = { handler: 'millisecond', validated: false } as const;

interface Settings {
  readonly partitionsConsumedConcurrently?: number;
}

/**
 * A handler that waits for a millisecond, by the core API and in a Nest application, beside the Kafka transport of
 * `@nestjs/microservices`: as it comes, one event at a time, and with the best that its settings give, one event of each
 * partition at a time.
 */
export const kafkaHandler: Benchmark = {
  name: NAME,
  run: (bench) =>
    withSides(bench, async ({ core, nest, microservices }) => {
      const [ours, ourNest] = [await core(ORDERS.ours), await nest(ORDERS.ours)];
      const asItComes = await microservices('@nestjs/microservices as it comes', ORDERS.theirs, {});
      const atItsBest = await microservices(
        '@nestjs/microservices with partitionsConsumedConcurrently: 6',
        ORDERS.best,
        { partitionsConsumedConcurrently: 6 },
      );
      const sides = [ours, asItComes, ourNest, atItsBest];
      // The first time the code is compiled.
      for (const side of sides) await side.measure();
      const beside = await inTurn(sides, bench.rounds, bench.progress);
      const row = (name: string, goal: number, [one, two]: readonly [Side, Side]) => {
        const { ratios, rates } = beside(one, two);
        return rowOf(name, ratios, goal, `${rates}; ${HOW}`);
      };
      return [
        row(NAME, 50, [ours, asItComes]),
        row(`${NAME}-best`, 12, [ours, atItsBest]),
        row(`${NAME}-nest`, 30, [ourNest, asItComes]),
        row(`${NAME}-nest-best`, 7, [ourNest, atItsBest]),
      ];
    }),
};

interface Comparison {
  readonly name: string;
  readonly goal: number;
  readonly beside: string;
  /** Orders that our side reads, and the other one. */
  readonly ours: number;
  readonly theirs: number;
  readonly settings: Settings;
}

/** The core API beside one setting of `@nestjs/microservices`. */
export function handling({ name, goal, beside, ours: mine, theirs: other, settings }: Comparison): Benchmark {
  return {
    name,
    run: (bench) =>
      withSides(bench, async ({ core, microservices }) => {
        const [ours, theirs] = [await core(mine), await microservices(beside, other, settings)];
        // The first time the code is compiled.
        for (const side of [ours, theirs]) await side.measure();
        const { ratios, rates } = await compare(ours, theirs, bench.rounds, bench.progress);
        return [rowOf(name, ratios, goal, `${rates}; ${HOW}`)];
      }),
  };
}

/** Makers of sides, each with a topic of so many orders. */
interface Sides {
  readonly core: (total: number) => Promise<Side>;
  readonly nest: (total: number) => Promise<Side>;
  readonly microservices: (name: string, total: number, settings: Settings) => Promise<Side>;
}

async function withSides<T>({ workspace, brokers }: Bench, work: (sides: Sides) => Promise<T>): Promise<T> {
  const addresses = await brokers();
  const topics = await KafkaTopics.open(addresses);
  const topicOf = async (total: number) => {
    const topic = await topics.create();
    await fillTopic(addresses, topic, total);
    return { topic, total };
  };
  const start = (program: string) => workspace.start(program, { brokers: addresses });
  try {
    return await work({
      async core(total) {
        const child = start('tramline-kafka-consumer.ts');
        return consumingSide('core API with concurrency 100', child, 'handle', topics, await topicOf(total));
      },
      async nest(total) {
        const asked = { ...(await topicOf(total)), ...MILLISECOND };
        const child = start('tramline-nest-consumer.ts');
        return consumingSide('@OnEvent with concurrency 100', child, 'consume', topics, asked);
      },
      async microservices(name, total, settings) {
        const asked = { ...(await topicOf(total)), ...MILLISECOND, ...settings };
        return consumingSide(name, start('nest-consumer.ts'), 'consume', topics, asked);
      },
    });
  } finally {
    await topics.close();
  }
}
