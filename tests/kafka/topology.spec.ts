import { defineEvent, TopologyError, type Log } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';

const Placed = defineEvent<{ id: string }>('order.placed', { key: 'id' });
const handlers = [{ id: 'see', events: [Placed], run: () => {} }];
const DAY_MS = 86_400_000;

describeWithKafka('topology on Kafka', () => {
  let brokers: string;
  let world: KafkaWorld;
  beforeAll(async () => {
    brokers = await sharedBrokers();
  });
  beforeEach(() => {
    world = new KafkaWorld(brokers);
  });
  afterEach(() => world.close());

  it('create makes every topic as the guarantees need it, and verify finds nothing to say', async () => {
    const first = world.bus('shop', {
      handlers,
      topics: { topology: 'create' },
    });
    await first.start();
    const names = await first.transport.topics.list(world.namespace);
    const short = names.map((name) => name.slice(world.namespace.length + 1));
    expect(short).toEqual([
      'order.placed',
      'shop.dead',
      'shop.dead.state',
      'shop.retry.10m',
      'shop.retry.10s',
      'shop.retry.1h',
      'shop.retry.1m',
      'shop.retry.now',
      'shop.state',
    ]);
    const topics = await first.transport.topics.describe(names);
    const [event, dead, , tier] = topics;
    expect(event).toMatchObject({ partitions: 6, cleanup: 'delete', maxRecordBytes: 1_000_000 });
    expect(dead).toMatchObject({
      cleanup: 'delete',
      retentionMs: null,
      retentionBytes: null,
      maxRecordBytes: 1_000_000 + 65_536,
    });
    expect(tier).toMatchObject({
      cleanup: 'delete',
      retentionBytes: null,
      maxRecordBytes: 1_000_000 + 65_536,
    });
    expect(tier!.retentionMs).toBeGreaterThanOrEqual(3_600_000 + 7 * DAY_MS);
    for (const name of ['shop.dead.state', 'shop.state']) {
      const state = topics.find((topic) => topic.name.endsWith(`.${name}`));
      expect(state).toMatchObject({
        partitions: 1,
        cleanup: 'compact',
        retentionMs: null,
        retentionBytes: null,
      });
    }
    const second = world.bus('shop', {
      handlers,
      topics: { topology: 'verify' },
    });
    await expect(second.start()).resolves.toBeUndefined();
  });

  it('verify fails the start and names each difference, and create says it in the log', async () => {
    const operator = world.transport();
    const own = (name: string) => `${world.namespace}.${name}`;
    await operator.topics.create([
      { name: own('order.placed'), cleanup: 'compact', maxRecordBytes: 5_000 },
      { name: own('shop.dead'), cleanup: 'delete', retentionMs: DAY_MS },
      { name: own('shop.state'), cleanup: 'compact', partitions: 2 },
    ]);
    const verifying = world.bus('shop', { handlers, topics: { topology: 'verify' } });
    const error: unknown = await verifying.start().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TopologyError);
    const { differences } = error as TopologyError;
    const about = (name: string) => differences.filter((text) => text.startsWith(`'${own(name)}'`)).join();
    expect(about('order.placed')).toMatch(
      /cleanup 'compact', needs 'delete'.*takes records of 5000 bytes, needs 1000000/,
    );
    expect(about('shop.dead')).toMatch(/keeps records for 1d, needs for ever/);
    expect(about('shop.state')).toMatch(/has 2 partitions, needs 1/);
    expect(about('shop.retry.10s')).toMatch(/does not exist/);

    const warnings: string[] = [];
    const log: Log = { debug() {}, info() {}, warn: (message) => void warnings.push(message), error() {} };
    const creating = world.bus('shop', { handlers, log, topics: { topology: 'create' } });
    await creating.start();
    expect(warnings.join('\n')).toContain(`'${own('shop.dead')}' keeps records for 1d, needs for ever.`);
  });

  it('off looks at nothing: a publish to a topic that is not there says so', async () => {
    const bus = world.bus('shop', { consume: false, topics: { topology: 'off' } });
    await expect(bus.events.publish(Placed, { id: 'x' })).rejects.toMatchObject({
      code: 'TRAMLINE_UNKNOWN_TOPIC',
    });
  });
});
