import type { Benchmark } from './benchmark.ts';
import { compare } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { consumingSide } from './work/consuming-side.ts';
import { fillPlainTopic, fillTopic } from './work/fill-topic.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

const GOAL = 1;
const EVENTS = 300_000;

/** Events as they are published: seven headers beside the value. */
export const kafkaConsume = consuming('kafka-consume', '7 headers each', fillTopic, EVENTS);

/** Records as other clients may write them. */
export const kafkaConsumePlain = consuming('kafka-consume-plain', 'no headers', fillPlainTopic, EVENTS);

/** The runtime with a handler that does nothing, beside kafkajs's `eachBatch` with a loop that does nothing; bytes for both. */
export function consuming(name: string, headers: string, fill: typeof fillTopic, total: number): Benchmark {
  return {
    name,
    async run({ rounds, workspace, brokers, progress }) {
      const addresses = await brokers();
      const topics = await KafkaTopics.open(addresses);
      try {
        const work = { topic: await topics.create(), total };
        progress(`publishing ${total} events to read`);
        await fill(addresses, work.topic, total);
        const settings = { brokers: addresses };
        const side = (what: string, program: string) =>
          consumingSide(what, workspace.start(program, settings), 'consumeBytes', topics, work);
        const ours = side('runtime', 'tramline-kafka-consumer.ts');
        const theirs = side('raw kafkajs eachBatch', 'kafkajs-consumer.ts');
        // The first time the code is compiled.
        for (const one of [ours, theirs]) await one.measure();
        const { ratios, rates } = await compare(ours, theirs, rounds, progress);
        const how = `from first to last event of 6 partitions, ${headers}; a process each, synchronous handlers that get bytes, neither parses or validates, commits every 500 ms`;
        return [rowOf(name, ratios, GOAL, `${rates}; ${how}`)];
      } finally {
        await topics.close();
      }
    },
  };
}
