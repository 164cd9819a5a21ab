import { silentLog, type ConsumeListener, type StoredRecord } from '@tramline/core';
import { expect, it } from 'vitest';
import { SeededRandom } from '../time/seeded-random.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { MemoryBroker } from './broker.js';

const record = { key: null, value: Buffer.from('x'), headers: [] };
const target = { topic: 't', partition: 0 };
const options = { group: 'g', topics: ['t'], broadcast: false, sessionTimeoutMs: 6_000, clientId: 'member' };

async function world() {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, partitions: 1 });
  const open = () => broker.open({ clock, random: new SeededRandom(1), log: silentLog, clientId: 'process' });
  const transport = open();
  await transport.topics.create([{ name: 't', cleanup: 'delete' }]);
  return { clock, broker, open, transport };
}

const listener: ConsumeListener = {
  assigned: async (partitions) =>
    partitions.map((partition) => ({ ...partition, offset: partition.earliest })),
  revoked: async () => undefined,
  lost: () => undefined,
  records: () => undefined,
  outOfRange: () => undefined,
  status: () => undefined,
};

it('see what is stored although the caller is never told', async () => {
  const { broker, transport } = await world();
  const seen: StoredRecord[] = [];
  const stop = broker.watch({ appended: (stored) => seen.push(stored) });
  broker.failNext('append', { applied: 'now' });
  await expect(transport.append(target, [record, record], { timeoutMs: 1_000 })).rejects.toMatchObject({
    outcome: 'unknown',
  });
  expect(seen.map(({ topic, partition, offset }) => `${topic}/${partition}/${offset}`)).toEqual([
    't/0/0',
    't/0/1',
  ]);
  stop();
  await transport.append(target, [record], { timeoutMs: 1_000 });
  expect(seen).toHaveLength(2);
  expect(broker.ends('t')).toEqual([3]);
});

it('see commits with who made them', async () => {
  const { clock, broker, transport } = await world();
  const seen: string[] = [];
  broker.watch({
    committed: (group, { offset, metadata }, clientId) =>
      seen.push(`${group} ${offset} ${metadata} ${clientId}`),
  });
  const membership = transport.consume(options, listener);
  await clock.settle();
  await membership.commit([{ ...target, offset: 5, metadata: 'map' }]);
  broker.forceCommits('g', [{ ...target, offset: 7, metadata: 'other' }]);
  expect(seen).toEqual(['g 5 map member', 'g 7 other null']);
  expect(broker.committed('g', 't')).toEqual([{ ...target, offset: 7, metadata: 'other' }]);
  await membership.close();
});

it('a process that falls silent loses what it holds after its session, and finds out when it is heard again', async () => {
  const { clock, broker, open } = await world();
  const lost: string[] = [];
  const [standing, other] = [open(), open()];
  const membership = standing.consume(options, {
    ...listener,
    lost: (partitions) => lost.push(...partitions.map(({ topic }) => topic)),
  });
  await clock.settle();
  standing.setSilent(true);
  const taken: string[] = [];
  other.consume(
    { ...options, clientId: 'other' },
    {
      ...listener,
      assigned: async (partitions) => (
        taken.push(...partitions.map(({ topic }) => topic)),
        listener.assigned(partitions)
      ),
    },
  );
  await clock.advance('5s');
  expect(taken).toEqual([]);
  await clock.advance('2s');
  expect(taken).toEqual(['t']);
  await expect(membership.commit([{ ...target, offset: 1, metadata: '' }])).rejects.toMatchObject({
    code: 'TRAMLINE_STALE_COMMIT',
  });
  standing.setSilent(false);
  await clock.settle();
  expect(lost).toEqual(['t']);
  expect(broker.committed('g', 't')).toEqual([]);
  for (const transport of [standing, other]) await transport.close();
});

it('grows a topic under a running member, which gets the new partition', async () => {
  const { clock, broker, transport } = await world();
  const taken: number[] = [];
  transport.consume(options, {
    ...listener,
    assigned: async (partitions) => (
      taken.push(...partitions.map(({ partition }) => partition)),
      listener.assigned(partitions)
    ),
  });
  await clock.settle();
  broker.grow('t', 2);
  await clock.settle();
  expect(taken).toEqual([0, 1]);
  expect(broker.topics).toEqual(['t']);
  await transport.close();
});
