import { silentLog } from '@tramline/core';
import { expect, it } from 'vitest';
import { RecordingMember } from '../conformance/recording-member.js';
import { SeededRandom } from '../time/seeded-random.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { MemoryBroker } from './broker.js';
import { memory } from './memory.js';
import type { MemoryTransport } from './transport.js';

const TOPIC = 't';
const PARTITIONS = 6;

/** Joins, leaves, crashes, cuts and outages in an order that the seed decides. */
async function run(seed: number) {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, partitions: PARTITIONS, batchSize: 3 });
  const random = new SeededRandom(seed);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random.next() * from.length)]!;
  const open = (clientId: string) => memory({ broker }).open({ clock, random, log: silentLog, clientId });
  const admin = open('admin');
  await admin.topics.create([{ name: TOPIC, cleanup: 'delete' }]);

  const members: RecordingMember[] = [];
  const told: string[] = [];
  let alive: { transport: MemoryTransport; member: RecordingMember }[] = [];
  const cut: MemoryTransport[] = [];
  let published = 0;

  const start = () => {
    const transport = open(`p${members.length}`);
    const options = { group: 'g', topics: [TOPIC], broadcast: false, sessionTimeoutMs: 6_000, clientId: 'm' };
    const slowness = random.next() * 4_000;
    const member = new RecordingMember({
      onRevoked: () => new Promise((resolve) => void clock.setTimer(slowness, resolve)),
      onRecords: (batch, self) => {
        told.push(`${clock.monotonic()} ${members.indexOf(self)} ${batch.partition}:${batch.nextOffset}`);
        const entry = { topic: TOPIC, partition: batch.partition, offset: batch.nextOffset, metadata: '' };
        return self.membership.commit([entry]).catch(() => undefined);
      },
    }).join((listener) => transport.consume(options, listener));
    members.push(member);
    alive.push({ transport, member });
  };
  const end = (how: (transport: MemoryTransport) => void) => {
    const victim = pick(alive);
    if (!victim) return;
    alive = alive.filter((other) => other !== victim);
    how(victim.transport);
  };
  const publish = () => {
    const target = { topic: TOPIC, partition: Math.floor(random.next() * PARTITIONS) };
    const record = { key: null, value: Buffer.from('x'), headers: [] };
    admin.append(target, [record, record], { timeoutMs: 1_000 }).then(
      () => (published += 2),
      () => undefined,
    );
  };
  const steps = [
    start,
    start,
    () => end((transport) => transport.crash()),
    () => end((transport) => void transport.close()),
    () => {
      const transport = pick(alive)?.transport;
      if (transport) cut.push(transport);
      transport?.setAway(true);
    },
    () => (cut.pop()?.setAway(false), undefined),
    () => broker.setAway(!broker.away),
    () => broker.expireSessions('g'),
  ];
  start();
  for (let step = 0; step < 80; step++) {
    if (random.next() < 0.4) publish();
    else pick(steps)();
    await clock.advance(Math.floor(random.next() * 3_000));
  }
  broker.setAway(false);
  for (const transport of cut) transport.setAway(false);
  start();
  await clock.advance('1m');

  const held = alive.flatMap(({ member }) => member.held).sort();
  const ends = await admin.topics.offsets(TOPIC);
  const committed = broker.committed('g', TOPIC);
  await Promise.all(
    [...alive.map(({ transport }) => transport), admin].map((transport) => finish(transport, clock)),
  );
  await clock.advance('1m');
  return {
    held,
    ends,
    committed,
    published,
    told,
    broken: members.flatMap((member) => member.broken),
    clock,
  };
}

async function finish(transport: MemoryTransport, clock: VirtualClock): Promise<void> {
  const closed = transport.close();
  await clock.advance('10s');
  await closed;
}

it('after any schedule every partition has one living owner, every record was delivered, and no rule was broken', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const { held, ends, committed, published, broken, clock } = await run(seed);
    const all = Array.from({ length: PARTITIONS }, (_, partition) => `${TOPIC}/${partition}`);
    expect({ seed, held, broken, pending: clock.pending }).toEqual({
      seed,
      held: all,
      broken: [],
      pending: 0,
    });
    for (const { partition, end } of ends) {
      expect([
        seed,
        partition,
        committed.find((entry) => entry.partition === partition)?.offset ?? 0,
      ]).toEqual([seed, partition, end]);
    }
    expect(ends.reduce((sum, { end }) => sum + end, 0)).toBeGreaterThanOrEqual(published);
  }
});

it('the same seed tells the same story', async () => {
  const [first, second, other] = [await run(7), await run(7), await run(8)];
  expect(first.told.length).toBeGreaterThan(10);
  expect(first.told).toEqual(second.told);
  expect(first.told).not.toEqual(other.told);
});
