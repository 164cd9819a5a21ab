import type { Bench, Benchmark } from './benchmark.ts';
import type { Publishing } from './processes/tramline-kafka-publisher.ts';
import { compare, type Side } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { checkTopic } from './work/check-topic.ts';
import { KafkaTopics } from './work/kafka-topics.ts';

type Work = Omit<Publishing, 'topic'>;

interface Comparison {
  readonly name: string;
  readonly goal: number;
  readonly ours: Work;
  readonly theirs: Work;
  /** What the other side does. */
  readonly beside: string;
}

const HOW =
  'Kafka, 6 partitions, acks=all, idempotent, 400 bytes of JSON and 7 headers each; a process each, neither validates';

/** Concurrent `publish` calls, beside as many concurrent calls of kafkajs's `send` with one message each. */
export const kafkaPublish1000 = publishing({
  name: 'kafka-publish-1000',
  goal: 30,
  ours: { warmUp: 10_000, events: 100_000, callers: 1_000, batch: 1 },
  theirs: { warmUp: 1_000, events: 3_000, callers: 1_000, batch: 1 },
  beside: 'kafkajs send of one message each, 1,000 at once',
});

export const kafkaPublish100 = publishing({
  name: 'kafka-publish-100',
  goal: 8,
  ours: { warmUp: 5_000, events: 30_000, callers: 100, batch: 1 },
  theirs: { warmUp: 1_000, events: 3_000, callers: 100, batch: 1 },
  beside: 'kafkajs send of one message each, 100 at once',
});

/** Beside what one writes by hand to be fast: no receipts, one send after the other, since kafkajs inverts their order else. */
export const kafkaPublishBatches = publishing({
  name: 'kafka-publish-batches',
  goal: 0.9,
  ours: { warmUp: 10_000, events: 100_000, callers: 1_000, batch: 1 },
  theirs: { warmUp: 10_000, events: 100_000, callers: 1, batch: 1_000 },
  beside: 'kafkajs send of 1,000 messages, one after the other',
});

/** One side's concurrent calls beside the other's; both are checked by reading the topic back. */
export function publishing({ name, goal, ours, theirs, beside }: Comparison): Benchmark {
  return {
    name,
    async run(bench) {
      const topics = await KafkaTopics.open(await bench.brokers());
      const callers = `${ours.callers.toLocaleString('en-US')} publish at once`;
      // kafkajs promises an order only to those who await each send.
      const inOrder = theirs.callers === 1;
      try {
        const mine = await publisher(bench, topics, {
          name: callers,
          program: 'tramline-kafka-publisher.ts',
          work: ours,
          inOrder: true,
        });
        const other = await publisher(bench, topics, {
          name: beside,
          program: 'kafkajs-publisher.ts',
          work: theirs,
          inOrder,
        });
        // The first time the code is compiled.
        for (const side of [mine, other]) await side.measure();
        const { ratios, rates } = await compare(mine, other, bench.rounds, bench.progress);
        const inverted = other.outOfOrder > 0 ? ` (${other.outOfOrder} of them out of order)` : '';
        return [rowOf(name, ratios, goal, `${rates}${inverted}; ${HOW}`)];
      } finally {
        await topics.close();
      }
    },
  };
}

/** A side whose measurements are checked. */
interface Publisher extends Side {
  /** Events that did not lie in the order of the calls, so far. */
  outOfOrder: number;
}

/** A process that connects for each measurement and is idle, without a connection, while the other side is measured. */
async function publisher(
  { brokers, workspace }: Bench,
  topics: KafkaTopics,
  { name, program, work, inOrder }: { name: string; program: string; work: Work; inOrder: boolean },
): Promise<Publisher> {
  const addresses = await brokers();
  const child = workspace.start(program, { brokers: addresses });
  const side: Publisher = {
    name,
    outOfOrder: 0,
    async measure() {
      const topic = await topics.create();
      const rate = await child.ask<number>('publish', { ...work, topic });
      const total = work.warmUp + work.events;
      side.outOfOrder += await checkTopic(
        { kind: 'kafka', brokers: addresses },
        { what: name, topic, total, inOrder },
      );
      await topics.remove(topic);
      return rate;
    },
  };
  return side;
}
