import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { sharedBrokers } from '../kafka/support/broker.ts';
import { KafkaWorld } from '../kafka/support/kafka-world.ts';
import { run } from './support/command.ts';
import { CONSOLE_CONSUMER, CONSOLE_PRODUCER, kafkaTool } from './support/java.ts';
import { describeWith } from './support/tools.ts';
import '../../docs/snippets/codecs.ts';

const FIRST_TIME_MS = 180_000;
const LONG = { timeoutMs: 30_000 };

describeWith('java')('a codec that a service registers', () => {
  let brokers: string;
  let world: KafkaWorld;
  beforeAll(async () => {
    brokers = await sharedBrokers();
    await kafkaTool(CONSOLE_CONSUMER);
  }, FIRST_TIME_MS);
  beforeEach(() => {
    world = new KafkaWorld(brokers);
  });
  afterEach(() => world.close());

  const long = 'the same again and again '.repeat(1_000);

  it.each(['snappy', 'lz4'] as const)(
    '%s: Java reads what we pack, and we what Java packs',
    async (codec) => {
      const transport = world.transport({ compression: codec });
      const topic = await world.topic(transport);
      const ours = [long, 'short', 'ключ 鍵'];
      await transport.append(
        { topic, partition: 0 },
        ours.map((text) => ({ key: null, value: Buffer.from(text), headers: [] })),
        LONG,
      );
      const printed = await run(
        await kafkaTool(
          CONSOLE_CONSUMER,
          ...['--bootstrap-server', brokers, '--topic', topic, '--from-beginning'],
          ...['--max-messages', String(ours.length)],
        ),
      );
      expect(printed.trim().split('\n')).toEqual(ours);

      const theirs = [`${long}!`, 'kurz', 'ключ 鍵!'];
      await run(
        await kafkaTool(
          CONSOLE_PRODUCER,
          ...['--bootstrap-server', brokers, '--topic', topic, '--compression-codec', codec],
        ),
        `${theirs.join('\n')}\n`,
      );
      const read: string[] = [];
      for await (const batch of transport.read({
        topic,
        partition: 0,
        from: 0,
        to: Number.MAX_SAFE_INTEGER,
      })) {
        read.push(...batch.map(({ value }) => Buffer.from(value!).toString()));
      }
      expect(read).toEqual([...ours, ...theirs]);
    },
  );
});
