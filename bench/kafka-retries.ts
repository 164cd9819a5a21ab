import type { Benchmark } from './benchmark.ts';
import type { Retrying } from './processes/kafkajs-retrier.ts';
import { compare, type Side } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { consumingSide } from './work/consuming-side.ts';
import { DELAY_MS } from './work/failures.ts';
import { fillTopic } from './work/fill-topic.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

const NAME = 'kafka-retries';
const GOAL = 1;
/** One in a hundred fails, of each account one in ten thousand. */
const EVENTS = 80_000;

/** Handlers of which one in a hundred fails twice, beside a retry topic as one writes it by hand on kafkajs. */
export const kafkaRetries: Benchmark = {
  name: NAME,
  async run({ rounds, workspace, brokers, progress }) {
    const addresses = await brokers();
    const topics = await KafkaTopics.open(addresses);
    try {
      const work = { topic: await topics.create(), total: EVENTS };
      progress(`publishing ${EVENTS} events to read`);
      await fillTopic(addresses, work.topic, EVENTS);
      const child = workspace.start('tramline-kafka-consumer.ts', { brokers: addresses });
      const retrier = workspace.start('kafkajs-retrier.ts', { brokers: addresses });
      const ours = consumingSide('core API with a retry tier', child, 'fail', topics, work);
      const theirs: Side = {
        name: 'a hand-written retry topic on kafkajs',
        async measure() {
          const retrying: Omit<Retrying, 'group'> = { ...work, retryTopic: await topics.create() };
          const rate = await consumingSide(this.name, retrier, 'fail', topics, retrying).measure();
          await topics.remove(retrying.retryTopic);
          return rate;
        },
      };
      // The first time the code is compiled.
      for (const side of [ours, theirs]) await side.measure();
      const { ratios, rates } = await compare(ours, theirs, rounds, progress);
      const how = `1 of 100 fails twice and waits ${DELAY_MS} ms outside each time, from the first event to the last success, JSON parsed, neither validates, 6 partitions, 7 headers each; eachMessage with partitionsConsumedConcurrently: 6 on their side, which commits as kafkajs does by itself, after each batch`;
      return [rowOf(NAME, ratios, GOAL, `${rates}; ${how}`)];
    } finally {
      await topics.close();
    }
  },
};
