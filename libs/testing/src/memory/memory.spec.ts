import { type AssignedPartition, type ConsumeListener, type OutgoingRecord, silentLog } from '@tramline/core';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../time/seeded-random.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { MemoryBroker } from './broker.js';
import { memory } from './memory.js';

const record = (text: string, timestamp?: number): OutgoingRecord => ({
  key: Buffer.from(text),
  value: Buffer.from(text),
  headers: [],
  timestamp,
});

async function world(partitions = 2) {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, partitions });
  const open = (clientId = 'a') =>
    memory({ broker }).open({ clock, random: new SeededRandom(1), log: silentLog, clientId });
  const transport = open();
  await transport.topics.create([{ name: 't', cleanup: 'delete' }]);
  const append = (text: string, partition = 0) =>
    transport.append({ topic: 't', partition }, [record(text)], { timeoutMs: 1_000 });
  return { clock, broker, open, transport, append };
}

/** A listener that writes down what it is told. */
function listener(overrides: Partial<ConsumeListener> = {}) {
  const told: string[] = [];
  const names = (partitions: readonly { partition: number }[]) =>
    partitions.map((p) => p.partition).join(',');
  const start = (p: AssignedPartition) => ({ ...p, offset: p.committed?.offset ?? p.earliest });
  const recording: ConsumeListener = {
    assigned: async (partitions) => (told.push(`assigned ${names(partitions)}`), partitions.map(start)),
    revoked: async (partitions) => void told.push(`revoked ${names(partitions)}`),
    lost: (partitions) => told.push(`lost ${names(partitions)}`),
    records: ({ records, nextOffset }) =>
      void told.push(
        `records ${records.map((r) => Buffer.from(r.value!).toString()).join()} then ${nextOffset}`,
      ),
    outOfRange: (_, position) => told.push(`out of range ${position}`),
    status: (status) => told.push(status.kind === 'failed' ? `failed ${status.error.message}` : status.kind),
    ...overrides,
  };
  return { told, listener: recording };
}

const options = { group: 'g', topics: ['t'], broadcast: false, sessionTimeoutMs: 6_000, clientId: 'm' };

describe('sessions', () => {
  it('give a crashed member to others after the session timeout, and tell the crashed one nothing', async () => {
    const { clock, open, transport } = await world();
    const [dead, alive] = [listener(), listener()];
    const crashing = open('b');
    crashing.consume(options, dead.listener);
    await clock.settle();
    transport.consume(options, alive.listener);
    await clock.settle();
    const before = [...dead.told];
    const hanging = crashing.topics.list().then(() => 'settled');
    crashing.crash();
    await clock.advance(5_999);
    expect(alive.told).toEqual(['assigned ', 'joined', 'assigned 0', 'joined']);
    await clock.advance(1);
    expect(alive.told.slice(4)).toEqual(['assigned 1', 'joined']);
    expect(dead.told).toEqual(before);
    expect(await Promise.race([hanging, clock.settle().then(() => 'open')])).toBe('open');
  });

  it('are lost by a member that was cut off, which joins again when it is back', async () => {
    const { clock, open, transport, append } = await world(1);
    const cut = listener();
    const other = listener();
    const member = transport.consume(options, cut.listener);
    await clock.settle();
    open('b').consume(options, other.listener);
    transport.setAway(true);
    await clock.advance('6s');
    expect(other.told).toEqual(['assigned ', 'joined', 'assigned 0', 'joined']);
    expect(cut.told).toEqual(['assigned 0', 'joined', 'away']);
    transport.setAway(false);
    await clock.settle();
    expect(cut.told.slice(3)).toEqual(['lost 0', 'assigned ', 'joined']);
    await append('x');
    await expect(
      member.commit([{ topic: 't', partition: 0, offset: 1, metadata: '' }]),
    ).rejects.toMatchObject({
      code: 'TRAMLINE_STALE_COMMIT',
    });
  });

  it('do not end while the whole broker is away', async () => {
    const { clock, broker, transport, append } = await world(1);
    const member = listener();
    transport.consume(options, member.listener);
    await clock.settle();
    broker.setAway(true);
    const late = transport.append({ topic: 't', partition: 0 }, [record('late')], { timeoutMs: 60_000 });
    await expect(transport.topics.list()).rejects.toMatchObject({ code: 'TRAMLINE_AWAY', retriable: true });
    await clock.advance('30s');
    broker.setAway(false);
    expect(await late).toMatchObject({ baseOffset: 0 });
    await append('more');
    await clock.settle();
    expect(member.told).toEqual([
      'assigned 0',
      'joined',
      'away',
      'joined',
      'records late then 1',
      'records more then 2',
    ]);
  });

  it('end on request, and what was not committed comes again', async () => {
    const { clock, broker, transport, append } = await world(1);
    const member = listener();
    transport.consume(options, member.listener);
    await append('x');
    await clock.settle();
    broker.expireSessions('g');
    await clock.settle();
    const once = ['assigned 0', 'joined', 'records x then 1'];
    expect(member.told).toEqual([...once, 'lost 0', ...once]);
  });
});

describe('faults', () => {
  const appendTo = { operation: 'append' } as const;

  it('lose the answer of an append that was applied, or let it land late', async () => {
    const { clock, broker, append } = await world();
    broker.failNext('append', { applied: 'now' });
    await expect(append('now')).rejects.toMatchObject({ code: 'TRAMLINE_AWAY', outcome: 'unknown' });
    broker.failNext('append', { applied: { afterMs: 500 } });
    await expect(append('late')).rejects.toMatchObject({ outcome: 'unknown' });
    broker.failNext('append');
    await expect(append('never')).rejects.toMatchObject({ outcome: 'not-written' });
    await append('fine');
    const texts = () => broker.records('t').map((r) => Buffer.from(r.value!).toString());
    expect(texts()).toEqual(['now', 'fine']);
    await clock.advance(500);
    expect(texts()).toEqual(['now', 'fine', 'late']);
  });

  it('meet only the calls that they were planted for, as often as they should', async () => {
    const { broker, append } = await world();
    broker.failNext(appendTo.operation, {}, { times: 2, where: (call) => call.partition === 1 });
    await append('other');
    await expect(append('x', 1)).rejects.toThrow(/failNext/);
    await expect(append('x', 1)).rejects.toThrow(/failNext/);
    await append('x', 1);
    broker.duplicateNext();
    await append('twice');
    await append('once');
    expect(broker.records('t').map((r) => Buffer.from(r.value!).toString())).toEqual([
      'other',
      'twice',
      'twice',
      'once',
      'x',
    ]);
  });

  it('make a fetch fail and mend itself', async () => {
    const { clock, broker, transport, append } = await world(1);
    const member = listener();
    transport.consume(options, member.listener);
    await clock.settle();
    broker.failNext('fetch');
    await append('x');
    await clock.advance('1s');
    expect(member.told).toEqual(['assigned 0', 'joined', 'away', 'joined', 'records x then 1']);
  });

  it('lose an answer when the broker goes away between request and answer', async () => {
    const { clock, broker, append } = await world();
    const pending = append('x');
    clock.setTimer(0, () => broker.setAway(true));
    await expect(pending).rejects.toMatchObject({ outcome: 'unknown' });
    expect(broker.records('t')).toHaveLength(1);
  });
});

describe('members', () => {
  it('that never answer `revoked` keep a partition for half the session timeout', async () => {
    const { clock, open, transport } = await world(1);
    const slow = listener({ revoked: () => new Promise(() => undefined) });
    const next = listener();
    const member = transport.consume(options, slow.listener);
    await clock.settle();
    open('b').consume(options, next.listener);
    void member.close();
    await clock.advance(2_999);
    expect(next.told).toEqual(['assigned ', 'joined']);
    await clock.advance(1);
    expect(next.told.slice(2)).toEqual(['assigned 0', 'joined']);
  });

  it('that throw from `assigned` fail and leave', async () => {
    const { clock, broker, transport } = await world(1);
    const bad = listener({ assigned: () => Promise.reject(new Error('no store')) });
    transport.consume(options, bad.listener);
    await clock.settle();
    expect(bad.told).toEqual(['failed no store']);
    expect((await transport.groups.describe('g')).members).toEqual([]);
    expect(broker.transports).toHaveLength(1);
  });

  it('close also when `assigned` never answers', async () => {
    const { clock, transport } = await world(1);
    const hanging = listener({ assigned: () => new Promise(() => undefined) });
    const member = transport.consume(options, hanging.listener);
    await clock.settle();
    const closed = member.close();
    await clock.advance('6s');
    await closed;
    expect(hanging.told).toEqual(['lost 0']);
    expect((await transport.groups.describe('g')).members).toEqual([]);
  });

  it('get the records of a slow partition one batch at a time while others flow', async () => {
    const { clock, transport, append } = await world(2);
    const seen: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { listener: slow } = listener({
      records: async ({ partition, nextOffset }) => {
        seen.push(`${partition}:${nextOffset}`);
        if (partition === 0) await gate;
      },
    });
    transport.consume(options, slow);
    await clock.settle();
    for (const partition of [0, 0, 1, 1]) {
      await append('x', partition);
      await clock.settle();
    }
    expect(seen).toEqual(['0:1', '1:1', '1:2']);
    release();
    await clock.settle();
    expect(seen.at(-1)).toBe('0:2');
  });
});

describe('topics', () => {
  it('that are deleted are lost, and begin anew when they are made again', async () => {
    const { clock, transport, append } = await world(1);
    const member = listener();
    const membership = transport.consume(options, member.listener);
    await append('old');
    await clock.settle();
    await membership.commit([{ topic: 't', partition: 0, offset: 1, metadata: '' }]);
    await transport.topics.delete(['t']);
    await transport.topics.create([{ name: 't', cleanup: 'delete' }]);
    await append('new');
    await clock.settle();
    const told = member.told.filter((what) => /^(lost|records)/.test(what));
    expect(told).toEqual(['records old then 1', 'lost 0', 'records new then 1']);
  });

  it('keep what a member holds when a test expires the offsets of its group', async () => {
    const { clock, broker, transport, append } = await world(1);
    const member = listener();
    const membership = transport.consume(options, member.listener);
    await clock.settle();
    await membership.commit([{ topic: 't', partition: 0, offset: 0, metadata: '' }]);
    broker.forgetCommits('g', 't');
    await append('x');
    await clock.settle();
    expect(broker.committed('g', 't')).toEqual([]);
    expect(member.told).toEqual(['assigned 0', 'joined', 'records x then 1']);
  });
});

describe('the log', () => {
  it('lets go of old records as time passes; a position that went with them is out of range', async () => {
    const { clock, transport } = await world();
    await transport.topics.create([{ name: 'short', cleanup: 'delete', partitions: 1, retentionMs: 60_000 }]);
    const target = { topic: 'short', partition: 0 };
    const member = listener();
    const membership = transport.consume({ ...options, topics: ['short'] }, member.listener);
    await clock.settle();
    membership.pause([target]);
    await transport.append(target, [record('x'), record('y')], { timeoutMs: 1_000 });
    await clock.advance('61s');
    expect(await transport.topics.offsets('short')).toEqual([{ partition: 0, earliest: 2, end: 2 }]);
    membership.resume([target]);
    await clock.settle();
    expect(member.told.at(-1)).toBe('out of range 0');
  });

  it('moves readers over the gaps that compaction leaves', async () => {
    const { clock, broker, transport, append } = await world(1);
    for (const text of ['a', 'b', 'a', 'b']) await append(text);
    broker.compact('t');
    const member = listener();
    transport.consume(options, member.listener);
    await clock.settle();
    expect(broker.records('t').map((r) => r.offset)).toEqual([2, 3]);
    expect(member.told.at(-1)).toBe('records a,b then 4');
  });

  it('is not changed by who changes a buffer', async () => {
    const { broker, transport } = await world();
    const value = Buffer.from('before');
    await transport.append({ topic: 't', partition: 0 }, [{ key: null, value, headers: [] }], {
      timeoutMs: 1_000,
    });
    value.write('after!');
    broker.records('t')[0]!.value![0] = 0;
    expect(Buffer.from(broker.records('t')[0]!.value!).toString()).toBe('before');
  });
});

it('leaves no timer behind', async () => {
  const { clock, open, transport, append } = await world();
  const other = open('b');
  transport.consume(options, listener().listener);
  other.consume({ ...options, broadcast: true }, listener().listener);
  await append('x');
  await clock.advance('1m');
  await Promise.all([transport.close(), other.close()]);
  expect(clock.pending).toBe(0);
});
