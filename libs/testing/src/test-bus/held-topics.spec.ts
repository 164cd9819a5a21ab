import { silentLog, type ConsumeListener, type Membership, type StoredRecord } from '@tramline/core';
import { MemoryBroker, memory, SeededRandom, VirtualClock } from '@tramline/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HeldTopics } from './held-topics.js';

const A = { topic: 'a', partition: 0 };
const B = { topic: 'b', partition: 0 };

let held: HeldTopics;
let membership: Membership;
let seen: string[];
let append: (topic: string, value: string) => Promise<void>;
let close: () => Promise<void>;

const text = ({ value }: StoredRecord) => Buffer.from(value ?? []).toString();

beforeEach(async () => {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock });
  held = new HeldTopics();
  seen = [];
  const environment = { clock, random: new SeededRandom(1), log: silentLog, clientId: 'test' };
  const transport = held.provider(memory({ broker })).open(environment);
  await transport.topics.create(['a', 'b'].map((name) => ({ name, partitions: 1, cleanup: 'delete' })));
  const listener: ConsumeListener = {
    assigned: async (partitions) => partitions.map((one) => ({ ...one, offset: one.earliest })),
    revoked: async () => undefined,
    lost: () => undefined,
    records: ({ records }) => void seen.push(...records.map(text)),
    outOfRange: () => undefined,
    status: () => undefined,
  };
  membership = transport.consume(
    { group: 'g', topics: ['a', 'b'], broadcast: false, sessionTimeoutMs: 6_000, clientId: 'member' },
    listener,
  );
  append = async (topic, value) => {
    const record = { key: null, value: Buffer.from(value), headers: [] };
    await transport.append({ topic, partition: 0 }, [record], { timeoutMs: 1_000 });
    await clock.settle();
  };
  close = () => transport.close();
  await clock.settle();
});
afterEach(() => close());

it('keeps what is held from one topic, and lets others flow', async () => {
  held.hold('a');
  await append('a', 'a1');
  await append('b', 'b1');
  expect(seen).toEqual(['b1']);
  held.release('a');
  await append('b', 'b2');
  expect(seen.sort()).toEqual(['a1', 'b1', 'b2']);
});

it('leaves paused what the consumer paused, and held what the test holds', async () => {
  held.hold('a');
  membership.pause([A, B]);
  held.release();
  await append('a', 'a1');
  expect(seen).toEqual([]);
  held.hold('b');
  membership.resume([A, B]);
  await append('b', 'b1');
  expect(seen).toEqual(['a1']);
  held.release();
  await append('b', 'b2');
  expect(seen).toEqual(['a1', 'b1', 'b2']);
});
