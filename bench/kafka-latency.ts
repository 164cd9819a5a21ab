import type { Bench, Benchmark } from './benchmark.ts';
import type { PacedPublishing } from './processes/tramline-kafka-publisher.ts';
import { rowOf } from './run/row.ts';
import { median, percentile } from './run/statistics.ts';
import { refuse } from './work/arrivals.ts';
import { checkTopic } from './work/check-topic.ts';
import { KafkaTopics } from './work/kafka-topics.ts';
import type { Came, ReceiverSettings } from './work/outbox-work.ts';

const NAME = 'kafka-latency';
const PER_SECOND = 1_000;
const WARM_UP = 1_000;
const TOTAL = 4_000;
/** Milliseconds that ours may take longer. */
const MORE = { p50: 1, p99: 3 } as const;

interface Programs {
  readonly name: string;
  readonly publisher: string;
  readonly receiver: string;
}
const ours: Programs = {
  name: 'core API',
  publisher: 'tramline-kafka-publisher.ts',
  receiver: 'outbox-receiver.ts',
};
const theirs: Programs = {
  name: 'raw kafkajs',
  publisher: 'kafkajs-publisher.ts',
  receiver: 'kafkajs-receiver.ts',
};

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/**
 * From the call that publishes in one process to the handler's first line in another, at a steady rate. Both sides at the same
 * time, each on a topic of its own: what else the machine does meets both, and p99 is little else where it is busy.
 */
export const kafkaLatency: Benchmark = {
  name: NAME,
  async run(bench) {
    const rounds: (readonly [ours: Percentiles, theirs: Percentiles])[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      const [mine, other] = await measureBoth(bench);
      rounds.push([mine, other]);
      bench.progress(`round ${round + 1}: ${said(mine)} beside ${said(other)}`);
    }
    return (['p50', 'p99'] as const).map((which) => {
      const [mine, other] = [0, 1].map((side) => ms(median(rounds.map((both) => both[side]![which]))));
      const how = `${PER_SECOND.toLocaleString('en-US')} events/s, 6 partitions, acks=all, idempotent, the same headers and JSON, two processes each at the same time, commits every 500 ms, neither validates`;
      return rowOf(
        `${NAME}-${which}`,
        rounds.map((both) => (both[1][which] + MORE[which]) / both[0][which]),
        1,
        `${ours.name} ${mine}, ${theirs.name} ${other}, of which ${MORE[which]} ms more are allowed; ${how}`,
      );
    });
  },
};

/** New processes, new topics and new groups every time; the first second is not counted. */
async function measureBoth(bench: Bench): Promise<readonly [ours: Percentiles, theirs: Percentiles]> {
  const topics = await KafkaTopics.open(await bench.brokers());
  try {
    const [mine, other] = await Promise.all([ready(bench, topics, ours), ready(bench, topics, theirs)]);
    return await Promise.all([mine(), other()]);
  } finally {
    await bench.workspace.clean();
    await topics.close();
  }
}

/** Resolves when a side can begin. @returns measures it */
async function ready(
  { brokers, workspace }: Bench,
  topics: KafkaTopics,
  side: Programs,
): Promise<() => Promise<Percentiles>> {
  const addresses = await brokers();
  const topic = await topics.create();
  const carrier = { kind: 'kafka', brokers: addresses } as const;
  const settings: ReceiverSettings = { carrier, topic, total: TOTAL, inOrder: true };
  const receiver = workspace.start(side.receiver, settings);
  const publisher = workspace.start(side.publisher, { brokers: addresses });
  await receiver.ask('ready');
  return async () => {
    const work: PacedPublishing = { topic, from: 0, to: TOTAL, perSecond: PER_SECOND };
    const askedAt = await publisher.ask<readonly number[]>('pace', work);
    const { cameAt } = await receiver.ask<Came>('came', TOTAL);
    const what = `${NAME}, ${side.name}`;
    await publisher.stop();
    refuse(what, await receiver.stop());
    await checkTopic(carrier, { what, topic, total: TOTAL, inOrder: true });
    const latencies = cameAt.map((at, number) => at - askedAt[number]!).slice(WARM_UP);
    return { p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
  };
}

function said({ p50, p99 }: Percentiles): string {
  return `p50 ${ms(p50)}, p99 ${ms(p99)}`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
