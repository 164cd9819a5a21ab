import {
  defineEvent,
  type ConsumeListener,
  type OutgoingRecord,
  type RecordBatch,
  type StoredRecord,
  type Tramline,
} from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ask, int32, string } from '../../scripts/kafka/wire.ts';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';
import { UnreliableNetwork } from './support/unreliable-network.ts';
import { until } from './support/until.ts';

const record = (over: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  key: null,
  value: Buffer.from('{"id":"x"}'),
  headers: [],
  ...over,
});
const LONG = { timeoutMs: 30_000 };
const Placed = defineEvent<{ id: string }>('order.placed', { key: 'id' });

describeWithKafka('consuming from Kafka', () => {
  let brokers: string;
  let world: KafkaWorld;
  beforeAll(async () => {
    brokers = await sharedBrokers();
  });
  beforeEach(() => {
    world = new KafkaWorld(brokers);
  });
  afterEach(() => world.close());

  /** A member that starts at the earliest and keeps what it is told. */
  function member(topic: string, over: Partial<ConsumeListener> = {}, transport = world.transport()) {
    const seen: StoredRecord[] = [];
    const said: string[] = [];
    const gaps: number[] = [];
    const listener: ConsumeListener = {
      assigned: async (partitions) => partitions.map((one) => ({ ...one, offset: one.earliest })),
      revoked: async () => void said.push('revoked'),
      lost: () => void said.push('lost'),
      records: ({ records }: RecordBatch) => void seen.push(...records),
      outOfRange: (_, position) => void gaps.push(position),
      status: (status) =>
        void said.push(status.kind === 'joined' ? 'joined' : `${status.kind}: ${status.error.message}`),
      ...over,
    };
    const group = world.name('group');
    const options = { group, topics: [topic], broadcast: false, sessionTimeoutMs: 3_000, clientId: 'member' };
    return { seen, said, gaps, group, membership: transport.consume(options, listener) };
  }

  it('a record with thousands of headers, and one with the same header many times, arrive as they are', async () => {
    const transport = world.transport();
    const topic = await world.topic(transport);
    const many = Array.from({ length: 5_000 }, (_, n) => [`h${n % 10}`, Buffer.from(`${n}`)] as const);
    await transport.append({ topic, partition: 0 }, [record({ headers: many })], LONG);
    const { seen } = member(topic);
    await until('it arrived', () => seen.length === 1);
    expect(seen[0]!.headers.map(([name, value]) => [name, Buffer.from(value!).toString()])).toEqual(
      many.map(([name, value]) => [name, value.toString()]),
    );
  });

  it('a group whose members are of another kind is refused with what to do', async () => {
    const transport = world.transport();
    const topic = await world.topic(transport);
    const { group, said, membership } = member(topic);
    await until('it joined', () => said.includes('joined'));
    await membership.close();
    await foreignMember(brokers, group);
    const failed: string[] = [];
    const options = { group, topics: [topic], broadcast: false, sessionTimeoutMs: 3_000, clientId: 'member' };
    transport.consume(options, {
      assigned: async () => [],
      revoked: async () => {},
      lost: () => {},
      records: () => {},
      outOfRange: () => {},
      status: (status) => void (status.kind === 'failed' && failed.push(status.error.message)),
    });
    await until('it is refused', () => failed.length > 0);
    expect(failed[0]).toMatch(/INCONSISTENT_GROUP_PROTOCOL.*Stop them, or choose another name/);
  });

  it('positions of a group that another framework committed are taken over, its metadata is not', async () => {
    const bus = world.bus('shop', { consume: false });
    for (const id of ['a', 'b', 'c']) await bus.events.publish(Placed, { id }, { partition: 0 });
    const topic = `${world.namespace}.order.placed`;
    await foreignCommit(bus, `${world.namespace}.shop`, topic, 2, '{"foreign":true}');
    const seen: string[] = [];
    const consuming = world.bus('shop', {
      handlers: [{ id: 'see', events: [Placed], run: ({ id }: { id: string }) => void seen.push(id) }],
    });
    await consuming.start();
    await until('the rest is handled', () => seen.length > 0);
    expect(seen).toEqual(['c']);
  });

  it('a topic that is deleted and made again is not read on as if nothing had been', async () => {
    const transport = world.transport();
    const topic = await world.topic(transport);
    await transport.append({ topic, partition: 0 }, [record(), record(), record()], LONG);
    const { seen, gaps, said } = member(topic);
    await until('the first ones arrived', () => seen.length === 3);
    await transport.topics.delete([topic]);
    await transport.topics.create([{ name: topic, partitions: 1, cleanup: 'delete' }]);
    const again = Array.from({ length: 5 }, (_, n) => record({ value: Buffer.from(`again ${n}`) }));
    await transport.append({ topic, partition: 0 }, again, LONG);
    await until('it is told, or taken from us', () => gaps.length > 0 || said.includes('revoked'));
    if (gaps.length > 0) expect([gaps, seen.length]).toEqual([[3], 3]);
    else await until('all of the new ones are read', () => seen.length === 8);
  });

  it('connections that break while consuming lose nothing, double nothing, and cost no membership', async () => {
    const network = new UnreliableNetwork();
    const transport = world.transport();
    const topic = await world.topic(transport);
    const { seen, said } = member(
      topic,
      {},
      world.transport({ client: { socketFactory: network.socketFactory } }),
    );
    await until('it joined', () => said.includes('joined'));
    for (let n = 0; n < 30; n++) {
      await transport.append({ topic, partition: 0 }, [record({ value: Buffer.from(`${n}`) })], LONG);
      if (n % 5 === 0) network.breakAll();
    }
    await until('all arrived', () => seen.length >= 30);
    expect(seen.map(({ value }) => Number(Buffer.from(value!).toString()))).toEqual(
      Array.from({ length: 30 }, (_, n) => n),
    );
    expect(said.filter((what) => ['lost', 'revoked'].includes(what))).toEqual([]);
  });

  it('a network from which nothing comes back is noticed, and left for another connection', async () => {
    const network = new UnreliableNetwork();
    const transport = world.transport();
    const topic = await world.topic(transport);
    const { seen, said } = member(
      topic,
      {},
      world.transport({ requestTimeout: '2s', client: { socketFactory: network.socketFactory } }),
    );
    await until('it joined', () => said.includes('joined'));
    network.loseAnswers();
    await transport.append({ topic, partition: 0 }, [record()], LONG);
    await until('it arrives all the same', () => seen.length === 1);
    expect(said.some((what) => what.startsWith('away'))).toBe(true);
  });
});

/** Somebody who shares partitions out in another way, and is then silent. */
async function foreignMember(brokers: string, group: string): Promise<void> {
  const port = Number(brokers.split(',')[0]!.split(':')[1]);
  const subscription = Buffer.concat([Buffer.of(0, 0), int32(0), int32(0)]);
  const body = Buffer.concat([
    string(group),
    int32(10_000),
    int32(10_000),
    string(''),
    string('consumer'),
    int32(1),
    string('range'),
    int32(subscription.length),
    subscription,
  ]);
  await ask(port, 11, 2, body);
}

async function foreignCommit(
  bus: Tramline,
  group: string,
  topic: string,
  offset: number,
  metadata: string,
): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    const options = {
      group,
      topics: [topic],
      broadcast: false,
      sessionTimeoutMs: 3_000,
      clientId: 'foreign',
    };
    const membership = bus.transport.consume(options, {
      assigned: async (partitions) => {
        if (partitions.length === 0) return [];
        await membership.commit([{ topic, partition: 0, offset, metadata }]);
        void membership.close().then(resolve, reject);
        return partitions.map((one) => ({ ...one, offset: one.end }));
      },
      revoked: async () => {},
      lost: () => {},
      records: () => {},
      outOfRange: () => {},
      status: () => {},
    });
  });
  await done;
}
