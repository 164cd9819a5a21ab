import type { Bench, Benchmark } from './benchmark.ts';
import type { PacedPublishing } from './processes/tramline-kafka-publisher.ts';
import type { Child } from './run/child.ts';
import { rowOf } from './run/row.ts';
import { median, percentile } from './run/statistics.ts';
import { refuse } from './work/arrivals.ts';
import { KafkaTopics } from './work/kafka-topics.ts';
import { SLOW_ACCOUNT, type NestWork } from './work/nest-work.ts';
import { orderOf } from './work/order.ts';
import type { Came } from './work/outbox-work.ts';

const NAME = 'kafka-slow-key';
/** As good as without the slow key, but for a fifth: what is left of noise in a median of rounds. */
const GOAL = 0.8;
/** The slow key has 5 of them a second, which keep its lane busy for half of the time. */
const PER_SECOND = 500;
const WARM_UP = 500;
const TOTAL = 2_500;

type Settings = Pick<NestWork, 'partitionsConsumedConcurrently'>;

/** Two processes of one program: in the first one the slow key is slow. */
interface Pair {
  readonly slow: Child;
  readonly without: Child;
  readonly settings: Settings;
}

/** p99 of everybody's latency but the slow key's. */
type Round = Readonly<Record<'slow' | 'without', number>>;

/**
 * How late the events of 99 keys are while each event of the hundredth takes 100 ms, beside the same without it, and what
 * the Kafka transport of `@nestjs/microservices` makes of it. With and without at the same time, from one topic: what else
 * the machine does meets both.
 */
export const kafkaSlowKey: Benchmark = {
  name: NAME,
  async run(bench) {
    const addresses = await bench.brokers();
    const start = (program: string) => bench.workspace.start(program, { brokers: addresses });
    const publisher = start('tramline-kafka-publisher.ts');
    const pair = (program: string, settings: Settings): Pair => ({
      slow: start(program),
      without: start(program),
      settings,
    });
    const ours = pair('tramline-nest-consumer.ts', {});
    const theirs = pair('nest-consumer.ts', { partitionsConsumedConcurrently: 6 });
    const found = new Map<Pair, Round[]>([
      [ours, []],
      [theirs, []],
    ]);
    for (let round = 0; round < bench.rounds; round++) {
      for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours])
        found.get(side)!.push(await measure(bench, publisher, side));
      const [mine, other] = [ours, theirs].map((side) => said(found.get(side)!.slice(-1)));
      bench.progress(`round ${round + 1}: ${mine}; theirs ${other}`);
    }
    const mine = found.get(ours)!;
    const measured = `p99 of the other keys ${said(mine)}, that of @nestjs/microservices with partitionsConsumedConcurrently: 6 ${said(found.get(theirs)!)}`;
    const how = `publish to handler at ${PER_SECOND} events/s of 100 keys, one of which takes 100 ms an event, a Nest handler, 6 partitions, the same headers and JSON, neither validates, with and without at the same time`;
    const ratios = mine.map(({ slow, without }) => without / slow);
    return [rowOf(NAME, ratios, GOAL, `${measured}; ${how}`)];
  },
};

/** A new topic and new groups every time. */
async function measure(
  { brokers }: Bench,
  publisher: Child,
  { slow, without, settings }: Pair,
): Promise<Round> {
  const topics = await KafkaTopics.open(await brokers());
  try {
    const topic = await topics.create();
    const work = { ...settings, topic, total: TOTAL, validated: false };
    const receive = (child: Child, handler: NestWork['handler']) =>
      child.ask('receive', { ...work, handler, group: topics.name('group') } satisfies NestWork);
    await Promise.all([receive(slow, 'slow-account'), receive(without, 'nothing')]);
    const pace: PacedPublishing = { topic, from: 0, to: TOTAL, perSecond: PER_SECOND };
    const askedAt = await publisher.ask<readonly number[]>('pace', pace);
    const p99 = async (child: Child) => {
      const { cameAt } = await child.ask<Came>('came', TOTAL);
      refuse(NAME, await child.ask('leave'));
      return percentile(othersOf(cameAt.map((at, number) => at - askedAt[number]!)), 99);
    };
    const [withSlow, bare] = await Promise.all([p99(slow), p99(without)]);
    return { slow: withSlow, without: bare };
  } finally {
    await topics.close();
  }
}

function othersOf(latencies: readonly number[]): readonly number[] {
  return latencies.filter((_, number) => number >= WARM_UP && orderOf(number).account !== SLOW_ACCOUNT);
}

function said(rounds: readonly Round[]): string {
  const [slow, without] = (['slow', 'without'] as const).map((which) =>
    median(rounds.map((round) => round[which])),
  );
  return `${slow!.toFixed(1)} ms, without the slow one ${without!.toFixed(1)} ms`;
}
