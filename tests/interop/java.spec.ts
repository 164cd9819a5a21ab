import { randomBytes } from 'node:crypto';
import { defineEvent, murmurPartitioner, type EventContext } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { sharedBrokers } from '../kafka/support/broker.ts';
import { KafkaWorld } from '../kafka/support/kafka-world.ts';
import { until } from '../kafka/support/until.ts';
import { run } from './support/command.ts';
import { CONSOLE_CONSUMER, CONSUMER_GROUPS, javaPeer, kafkaTool } from './support/java.ts';
import { describeWith } from './support/tools.ts';

/** The tools' jar is fetched the first time; and a JVM starts slowly on a busy machine. */
const FIRST_TIME_MS = 180_000;

interface Order {
  readonly id: string;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });

describeWith('java')("Kafka's own clients and tools", () => {
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

  it('lay 10,000 keys on the partitions that we choose, empty, unicode and binary ones included', async () => {
    const texts = ['', ' ', '0', 'ключ', '鍵', '🗝️', 'é', 'e\u0301', ...range(4_000).map((n) => `user-${n}`)];
    const binary = range(10_000 - texts.length).map((n) =>
      n < 256 ? Buffer.of(n) : randomBytes(1 + (n % 67)),
    );
    const keys = [...texts.map((text) => Buffer.from(text)), ...binary];
    const partitions = 7;
    const topic = world.name('keys');
    await world.transport().topics.create([{ name: topic, partitions, cleanup: 'delete' }]);
    const lines = keys.map((key) => `${key.toString('base64')}\n`).join('');
    const theirs = (await run(await javaPeer('Keys', brokers, topic), lines)).trim().split('\n').map(Number);

    expect(theirs).toHaveLength(10_000);
    expect(new Set(theirs).size).toBe(partitions);
    const wrong = keys.filter((key, n) => murmurPartitioner(key, partitions, topic) !== theirs[n]);
    expect(wrong.map((key) => key.toString('hex'))).toEqual([]);

    // And so they lie when the bus has published them.
    const bus = world.bus('shop', { consume: false, topics: { partitions } });
    const receipts = await bus.events.publishAll(texts.map((id) => [Placed, { id }] as const));
    expect(receipts.map(({ partition }) => partition)).toEqual(theirs.slice(0, texts.length));
  });

  it('the console consumer prints our events, with key and headers', async () => {
    const bus = world.bus('shop', { consume: false });
    const { eventId } = await bus.events.publish(Placed, { id: 'ключ' });
    const printed = await run(
      await kafkaTool(
        CONSOLE_CONSUMER,
        ...['--bootstrap-server', brokers, '--topic', `${world.namespace}.order.placed`],
        ...['--from-beginning', '--max-messages', '1'],
        ...['print.key=true', 'print.headers=true'].flatMap((property) => ['--property', property]),
      ),
    );
    const [headers, key, value] = printed.trim().split('\t');
    expect(headers?.split(',')).toEqual(expect.arrayContaining([`ce_id:${eventId}`, 'ce_type:order.placed']));
    expect(key).toBe('ключ');
    expect(JSON.parse(value!)).toEqual({ id: 'ключ' });
  });

  it('kafka-consumer-groups shows our groups, their members, offsets and lag', async () => {
    let handled = 0;
    const handlers = [{ id: 'see', events: [Placed], run: () => void handled++ }];
    const bus = world.bus('shop', { handlers });
    await bus.start();
    const publish = (count: number) =>
      bus.events.publishAll(range(count).map((n) => [Placed, { id: `k${n}` }] as const));
    await publish(20);
    await until('all are handled', () => handled === 20);
    const group = `${world.namespace}.shop`;
    const topic = `${world.namespace}.order.placed`;
    await until('all is committed', async () => {
      const offsets = await bus.transport.groups.committed(group, [topic]);
      return offsets.reduce((sum, { offset }) => sum + offset, 0) === 20;
    });

    const busy = (await describeGroup(group)).filter((row) => row.topic === topic && row.offset !== '-');
    expect(sum(busy, 'offset')).toBe(20);
    expect(sum(busy, 'end')).toBe(20);
    expect(sum(busy, 'lag')).toBe(0);
    expect(new Set(busy.map(({ client }) => client))).toEqual(new Set(['shop']));

    await bus.stopConsuming();
    await publish(12);
    const idle = (await describeGroup(group)).filter((row) => row.topic === topic && row.offset !== '-');
    expect(sum(idle, 'offset')).toBe(20);
    expect(idle.every(({ client }) => client === '-')).toBe(true);
    const listed = await run(await kafkaTool(CONSUMER_GROUPS, '--bootstrap-server', brokers, '--list'));
    expect(listed.split('\n')).toContain(group);
  });

  it('what a foreign transaction aborted is not delivered, and what it committed is', async () => {
    const seen: string[] = [];
    const note = (order: Order, { origin }: EventContext) =>
      void seen.push(`${origin.partition}:${order.id}`);
    const bus = world.bus('shop', { handlers: [{ id: 'see', events: [Placed], run: note }] });
    await bus.start();
    await run(await javaPeer('Transactions', brokers, `${world.namespace}.order.placed`, '6'));
    // The last of each key comes after everything else on its partition.
    await bus.events.publishAll(['k0', 'k1', 'k2'].map((id) => [Placed, { id }] as const));
    await until('the last are handled', () =>
      ['k0', 'k1', 'k2'].every((id) => seen.some((one) => one.endsWith(`:${id}`))),
    );
    const theirs = seen.map((one) => one.replace(/^\d+:/, '')).filter((id) => id.includes('-'));
    expect(theirs.sort()).toEqual([1, 3, 5].flatMap((n) => [0, 1, 2].map((i) => `${n}-${i}`)));
  });

  async function describeGroup(group: string): Promise<Row[]> {
    const printed = await run(
      await kafkaTool(CONSUMER_GROUPS, '--bootstrap-server', brokers, '--describe', '--group', group),
    );
    const rows = printed.split('\n').map((line) => line.trim().split(/\s+/));
    return rows
      .filter(([name]) => name === group)
      .map(([, topic, , offset, end, lag, , , client]) => ({ topic, offset, end, lag, client }) as Row);
  }
});

/** A line of `kafka-consumer-groups --describe`, as it is printed. */
interface Row {
  readonly topic: string;
  readonly offset: string;
  readonly end: string;
  readonly lag: string;
  readonly client: string;
}

const range = (count: number) => Array.from({ length: count }, (_, n) => n);
const sum = (rows: readonly Row[], column: 'offset' | 'end' | 'lag') =>
  rows.reduce((total, row) => total + Number(row[column]), 0);
