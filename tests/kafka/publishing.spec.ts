import type { OutgoingRecord, StoredRecord, Transport } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';
import { UnreliableNetwork } from './support/unreliable-network.ts';

const record = (value: string): OutgoingRecord => ({ key: null, value: Buffer.from(value), headers: [] });
const SHORT = { timeoutMs: 1_000 };
const LONG = { timeoutMs: 30_000 };

async function values(transport: Transport, topic: string): Promise<string[]> {
  const found: StoredRecord[] = [];
  const range = { topic, partition: 0, from: 0, to: Number.MAX_SAFE_INTEGER };
  for await (const batch of transport.read(range)) found.push(...batch);
  return found.map(({ value }) => Buffer.from(value!).toString());
}

describeWithKafka('publishing to Kafka', () => {
  let brokers: string;
  let world: KafkaWorld;
  let network: UnreliableNetwork;
  let transport: Transport;
  let topic: string;
  beforeAll(async () => {
    brokers = await sharedBrokers();
  });
  beforeEach(async () => {
    world = new KafkaWorld(brokers);
    network = new UnreliableNetwork();
    transport = world.transport({ client: { socketFactory: network.socketFactory } });
    topic = await world.topic(world.transport());
    await transport.append({ topic, partition: 0 }, [record('before')], LONG);
  });
  afterEach(() => world.close());

  /** An append that is written, but whose caller never hears of it. */
  async function loseTheAnswer(records: readonly OutgoingRecord[]): Promise<void> {
    network.loseAnswers();
    const doubtful = transport.append({ topic, partition: 0 }, records, SHORT);
    await expect(doubtful).rejects.toMatchObject({
      code: 'TRAMLINE_AWAY',
      outcome: 'unknown',
      retriable: true,
    });
    network.breakAll();
  }

  // An idempotent producer of kafkajs gives the next batch the sequence of the doubtful one. When both have as many records,
  // the broker takes it for a repeat: it is acknowledged and never written.
  it('other records after a doubtful outcome are written, not taken for a repeat', async () => {
    await loseTheAnswer([record('doubtful 1'), record('doubtful 2')]);
    await transport.append({ topic, partition: 0 }, [record('other 1'), record('other 2')], LONG);
    expect(await values(transport, topic)).toEqual([
      'before',
      'doubtful 1',
      'doubtful 2',
      'other 1',
      'other 2',
    ]);
  });

  it('the same records after a doubtful outcome are written once', async () => {
    const records = [record('doubtful 1'), record('doubtful 2')];
    await loseTheAnswer(records);
    const { baseOffset } = await transport.append({ topic, partition: 0 }, records, LONG);
    expect(baseOffset).toBe(1);
    await transport.append({ topic, partition: 0 }, [record('after')], LONG);
    expect(await values(transport, topic)).toEqual(['before', 'doubtful 1', 'doubtful 2', 'after']);
  });

  it('an answer that comes after its caller gave up still counts', async () => {
    const records = [record('slow')];
    network.loseAnswers();
    await expect(transport.append({ topic, partition: 0 }, records, SHORT)).rejects.toMatchObject({
      outcome: 'unknown',
    });
    network.breakAll();
    for (let n = 0; n < 3; n++) await transport.append({ topic, partition: 0 }, [record(`next ${n}`)], LONG);
    expect(await values(transport, topic)).toEqual(['before', 'slow', 'next 0', 'next 1', 'next 2']);
  });

  it('connections that break under a batch are made again, and it is written once', async () => {
    const appends = Array.from({ length: 20 }, (_, n) => n);
    for (const n of appends) {
      const append = transport.append({ topic, partition: 0 }, [record(`${n}`)], LONG);
      if (n % 3 === 0) setImmediate(() => network.breakAll());
      await append;
    }
    expect(await values(transport, topic)).toEqual(['before', ...appends.map(String)]);
  });

  it.each(['gzip', 'zstd'] as const)('what is compressed with %s is read back', async (compression) => {
    const compressing = world.transport({ compression });
    const text = 'the same again and again '.repeat(1_000);
    await compressing.append({ topic, partition: 0 }, [record(text), record('short')], LONG);
    expect(await values(transport, topic)).toEqual(['before', text, 'short']);
  });

  it('compression whose codec is missing says how to get it', async () => {
    const compressing = world.transport({ compression: 'lz4' });
    await expect(compressing.append({ topic, partition: 0 }, [record('x')], LONG)).rejects.toMatchObject({
      code: 'TRAMLINE_REFUSED',
      message: expect.stringContaining('CompressionCodecs[3]'),
    });
  });

  it('a batch that is refused fails no other that travels with it', async () => {
    const strict = world.name('strict');
    await transport.topics.create([
      { name: strict, partitions: 1, cleanup: 'delete', maxRecordBytes: 2_000 },
    ]);
    await transport.append({ topic: strict, partition: 0 }, [record('before')], LONG);
    const [refused, written] = await Promise.allSettled([
      transport.append({ topic: strict, partition: 0 }, [record('x'.repeat(200_000))], LONG),
      transport.append({ topic, partition: 0 }, [record('neighbour')], LONG),
    ]);
    expect(refused).toMatchObject({ reason: { code: 'TRAMLINE_RECORD_TOO_LARGE', outcome: 'not-written' } });
    expect(written).toMatchObject({ value: { baseOffset: 1 } });
    expect(await values(transport, topic)).toEqual(['before', 'neighbour']);
    expect(await values(transport, strict)).toEqual(['before']);
  });

  it('a partition that a topic does not have is refused', async () => {
    await expect(transport.append({ topic, partition: 7 }, [record('x')], LONG)).rejects.toMatchObject({
      code: 'TRAMLINE_UNKNOWN_TOPIC',
      outcome: 'not-written',
    });
  });

  it('a name that Kafka refuses, and more copies than brokers, are refused with the fix', async () => {
    const create = (name: string, replication = 1) =>
      transport.topics.create([{ name, cleanup: 'delete', replication }]);
    await expect(create('käfer')).rejects.toMatchObject({
      code: 'TRAMLINE_REFUSED',
      message: expect.stringContaining('Use 1 to 249 letters'),
    });
    await expect(create(world.name('copies'), 50)).rejects.toMatchObject({
      code: 'TRAMLINE_REFUSED',
      message: expect.stringContaining('topics.replication'),
    });
  });
});
