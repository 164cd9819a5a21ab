import type { Bench, Benchmark } from './benchmark.ts';
import type { PacedPublishing } from './processes/tramline-kafka-publisher.ts';
import type { Child } from './run/child.ts';
import { rowOf } from './run/row.ts';
import { median, percentile } from './run/statistics.ts';
import { CheckError } from './work/arrivals.ts';
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

type Handling = Pick<NestWork, 'handler' | 'partitionsConsumedConcurrently'>;

/** p99 of everybody's latency but the slow key's. */
interface Round {
  readonly slow: number;
  readonly without: number;
}

/**
 * How late the events of 99 keys are while each event of the hundredth takes 100 ms, beside the same without it, and what
 * the Kafka transport of `@nestjs/microservices` makes of it.
 */
export const kafkaSlowKey: Benchmark = {
  name: NAME,
  async run(bench) {
    const addresses = await bench.brokers();
    const start = (program: string) => bench.workspace.start(program, { brokers: addresses });
    const publisher = start('tramline-kafka-publisher.ts');
    const [ours, theirs] = [start('tramline-nest-consumer.ts'), start('nest-consumer.ts')];
    const p99 = async (child: Child, handling: Handling) =>
      percentile(await othersLatencies(bench, publisher, child, handling), 99);
    const inTurn = async (
      child: Child,
      round: number,
      more: Omit<Handling, 'handler'> = {},
    ): Promise<Round> => {
      const found = new Map<Handling['handler'], number>();
      const both = ['slow-account', 'nothing'] as const;
      for (const handler of round % 2 === 0 ? both : both.toReversed())
        found.set(handler, await p99(child, { handler, ...more }));
      return { slow: found.get('slow-account')!, without: found.get('nothing')! };
    };

    const mine: Round[] = [];
    const others: Round[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      mine.push(await inTurn(ours, round));
      others.push(await inTurn(theirs, round, { partitionsConsumedConcurrently: 6 }));
      bench.progress(`round ${round + 1}: ${said(mine.slice(-1))}; theirs ${said(others.slice(-1))}`);
    }
    const measured = `p99 of the other keys ${said(mine)}, that of @nestjs/microservices with partitionsConsumedConcurrently: 6 ${said(others)}`;
    const how = `publish to handler at ${PER_SECOND} events/s of 100 keys, one of which takes 100 ms an event, a Nest handler, 6 partitions, nobody validates`;
    return [
      rowOf(
        NAME,
        mine.map(({ slow, without }) => without / slow),
        GOAL,
        `${measured}; ${how}`,
      ),
    ];
  },
};

/** A new topic and a new group every time. */
async function othersLatencies(
  { brokers }: Bench,
  publisher: Child,
  child: Child,
  handling: Handling,
): Promise<readonly number[]> {
  const topics = await KafkaTopics.open(await brokers());
  try {
    const topic = await topics.create();
    const work: NestWork = {
      ...handling,
      topic,
      group: topics.name('group'),
      total: TOTAL,
      validated: false,
    };
    await child.ask('receive', work);
    const pace: PacedPublishing = { topic, from: 0, to: TOTAL, perSecond: PER_SECOND };
    const askedAt = await publisher.ask<readonly number[]>('pace', pace);
    const { cameAt, faults } = await child.ask<Came>('came', TOTAL);
    if (faults !== undefined) throw new CheckError(`${NAME}, ${handling.handler}: ${faults}.`);
    await child.ask('leave');
    return cameAt
      .map((at, number) => at - askedAt[number]!)
      .filter((_, number) => number >= WARM_UP && orderOf(number).account !== SLOW_ACCOUNT);
  } finally {
    await topics.close();
  }
}

function said(rounds: readonly Round[]): string {
  const [slow, without] = [rounds.map((round) => round.slow), rounds.map((round) => round.without)].map(
    median,
  );
  return `${slow!.toFixed(1)} ms, without the slow one ${without!.toFixed(1)} ms`;
}
