import type { Benchmark } from './benchmark.ts';
import { inTurn, type Side } from './run/compare.ts';
import { rowOf } from './run/row.ts';
import { consumingSide } from './work/consuming-side.ts';
import { fillTopic } from './work/fill-topic.ts';
import { KafkaTopics } from './work/kafka-topics.ts';
import type { NestWork } from './work/nest-work.ts';

const NAME = 'kafka-nest-consume';
const GOAL = 1.5;
const EVENTS = 60_000;
/** What `partitionsConsumedConcurrently` may be for 6 partitions; the other side gets the fastest of them. */
const CONCURRENTLY = [1, 3, 6];
const HOW = '6 partitions, 7 headers each, JSON parsed, handlers that do nothing; a process each';

/** A Nest handler that does nothing, beside that of `@nestjs/microservices`: neither validates, and both do. */
export const kafkaNestConsume: Benchmark = {
  name: NAME,
  async run({ rounds, workspace, brokers, progress }) {
    const addresses = await brokers();
    const topics = await KafkaTopics.open(addresses);
    try {
      const work = { topic: await topics.create(), total: EVENTS, handler: 'nothing' } as const;
      progress(`publishing ${EVENTS} events to read`);
      await fillTopic(addresses, work.topic, EVENTS);
      const tramline = workspace.start('tramline-nest-consumer.ts', { brokers: addresses });
      const nest = workspace.start('nest-consumer.ts', { brokers: addresses });
      const mine = (name: string, settings: Pick<NestWork, 'validated'>) =>
        consumingSide(name, tramline, 'consume', topics, { ...work, ...settings });
      const other = (name: string, settings: Partial<NestWork>) =>
        consumingSide(name, nest, 'consume', topics, { ...work, ...settings });

      const plain = mine('@OnEvent', { validated: false });
      const validated = mine('@OnEvent of a class with rules', { validated: true });
      // The first time the code is compiled.
      for (const side of [plain, validated]) await side.measure();
      const theirBest = async (validated: boolean) => {
        const concurrently = await fastest((tried) =>
          other('', { validated, partitionsConsumedConcurrently: tried }),
        );
        const said = `@EventPattern with partitionsConsumedConcurrently: ${concurrently}`;
        return other(validated ? `${said} and a ValidationPipe` : said, {
          validated,
          partitionsConsumedConcurrently: concurrently,
        });
      };
      const theirPlain = await theirBest(false);
      const theirValidated = await theirBest(true);

      const beside = await inTurn([plain, theirPlain, validated, theirValidated], rounds, progress);
      const row = (name: string, [ours, theirs]: readonly [Side, Side], validation: string) => {
        const { ratios, rates } = beside(ours, theirs);
        return rowOf(name, ratios, GOAL, `${rates}; ${validation}, ${HOW}`);
      };
      return [
        row(NAME, [plain, theirPlain], 'neither validates'),
        row(`${NAME}-validated`, [validated, theirValidated], 'both validate the same class'),
      ];
    } finally {
      await topics.close();
    }
  },
};

/** The setting with which the other side is fastest, by one measurement each after a first one that compiles the code. */
async function fastest(sideOf: (concurrently: number) => Side): Promise<number> {
  await sideOf(CONCURRENTLY[0]!).measure();
  let [best, most] = [CONCURRENTLY[0]!, 0];
  for (const concurrently of CONCURRENTLY) {
    const rate = await sideOf(concurrently).measure();
    if (rate > most) [best, most] = [concurrently, rate];
  }
  return best;
}
