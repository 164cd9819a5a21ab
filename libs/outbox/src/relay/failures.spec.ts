import { TransportError } from '@tramline/core';
import { describe, expect, it } from 'vitest';
import { Counted, modelWorld, Other, pendingRows } from '../spec/model-world.js';
import { slowAppends } from '../spec/slow-appends.js';

const REFUSED = new TransportError('TRAMLINE_REFUSED', 'no right to write');

describe('a row that is too large', () => {
  it('is set aside alone, and all others of its batch arrive in order', async () => {
    const world = modelWorld({ partitions: 1 });
    await world
      .open()
      .bus.transport.topics.create([
        { name: 'counted', partitions: 1, cleanup: 'delete', maxRecordBytes: 2_000 },
      ]);
    const { bus, lines, seen } = await world.start();
    await bus.outbox.transaction((tx) =>
      bus.outbox.publishAll(
        tx,
        Array.from(
          { length: 50 },
          (_, n) => [Counted, { k: 'a', n, text: n === 17 ? 'x'.repeat(3_000) : '' }] as const,
        ),
      ),
    );
    await world.drained();
    expect(world.log().map(({ n }) => n)).toEqual(
      Array.from({ length: 50 }, (_, n) => n).filter((n) => n !== 17),
    );
    expect(await bus.outbox.status()).toMatchObject({ dead: 1, backlog: 0 });
    expect(lines.some((line) => line.includes('set aside as a dead row'))).toBe(true);
    expect(seen).toContainEqual(expect.objectContaining({ kind: 'row-dead', type: 'counted' }));
  });
});

describe('one partition whose leader is away', () => {
  it('is waited for while others flow, without attempts counted, and keeps its order', async () => {
    const world = modelWorld({ partitions: 3 });
    const { put, seen } = await world.start();
    for (let n = 0; n < 30; n++) await put({ k: `k${n % 10}`, n });
    await world.drained();
    const down = world.broker.records('counted')[0]!.partition;
    world.broker.failNext('append', {}, { times: Infinity, where: ({ partition }) => partition === down });
    const late: number[] = [];
    for (let n = 30; n < 330; n++) {
      await put({ k: `k${n % 10}`, n });
      await world.clock.advance(100);
      const arrived = world.log().some((event) => event.n === n);
      if (!arrived && partitionOf(world, `k${n % 10}`) !== down) late.push(n);
    }
    expect(late.length).toBeLessThan(20);
    expect(world.database.held.length).toBeGreaterThan(0);
    expect(world.database.rows.every(({ attempts }) => attempts === 0)).toBe(true);
    expect(seen).toContainEqual(expect.objectContaining({ kind: 'row-held' }));
    world.broker.clearFaults();
    await world.drained('2m');
    for (let key = 0; key < 10; key++)
      expect(world.order(`k${key}`)).toEqual(Array.from({ length: 33 }, (_, n) => n * 10 + key));
  });
});

describe('one partition that answers late', () => {
  it.each([
    ['page after page', 11, 1_000],
    ['a page while they fly', 1, 11_000],
  ])('keeps nobody else waiting, although its rows fill %s', async (_, parts, count) => {
    const world = modelWorld({ partitions: 2 });
    const { bus, put } = await world.start();
    const keys = Array.from({ length: 20 }, (_, n) => `k${n}`);
    for (const k of keys) await put({ k, n: 0 });
    await world.drained();
    const slow = partitionOf(world, 'k0')!;
    slowAppends(bus, world.clock, 4_000, ({ partition }) => partition === slow);
    for (let part = 0; part < parts; part++)
      await bus.outbox.transaction((tx) =>
        bus.outbox.publishAll(
          tx,
          Array.from({ length: count }, (_, n) => [Counted, { k: 'k0', n: 1 + part * count + n }] as const),
        ),
      );
    await world.clock.advance('1s');
    const quick = keys.filter((key) => partitionOf(world, key) !== slow);
    for (const k of quick) await put({ k, n: 1 });
    await world.clock.advance('2500ms');
    expect(quick.map((key) => world.order(key))).toEqual(quick.map(() => [0, 1]));
    expect(world.order('k0').length).toBeLessThan(6_000);
    expect(world.database.held).toEqual([]);
    await world.drained();
    expect(world.order('k0')).toEqual(Array.from({ length: 11_001 }, (_, n) => n));
  });
});

describe('a topic that refuses', () => {
  it('holds its keys ever longer, lets other topics flow, and its rows are dead after 24 attempts', async () => {
    const world = modelWorld({ partitions: 1 });
    const { bus, put } = await world.start();
    world.broker.failNext(
      'append',
      { error: REFUSED },
      { times: Infinity, where: ({ topic }) => topic === 'counted' },
    );
    await put({ k: 'a', n: 1 });
    await put({ k: 'a', n: 2 });
    await world.clock.advance('10m');
    expect(pendingRows(world.database)).toBe(2);
    expect(world.database.rows[0]!.attempts).toBeGreaterThan(8);
    expect(world.database.rows[0]!.attempts).toBeLessThan(24);
    await bus.outbox.transaction((tx) => bus.outbox.publish(tx, Other, { k: 'a', n: 3 }));
    await world.clock.advance('1s');
    expect(world.log('other').map(({ n }) => n)).toEqual([3]);
    await world.clock.advance('3h');
    expect(await bus.outbox.status()).toMatchObject({ dead: 2, backlog: 0, held: 0 });
  });

  it('spares rows that were refused less often than the first of their key', async () => {
    const world = modelWorld({ partitions: 1 });
    const { bus, put } = await world.start();
    world.broker.failNext('append', { error: REFUSED }, { times: Infinity });
    await put({ k: 'a', n: 1 });
    await world.clock.runUntil(() => world.database.rows[0]!.attempts === 20, '3h');
    await put({ k: 'a', n: 2 });
    await world.clock.runUntil(() => world.database.rows[0]!.state === 'dead', '3h');
    expect(await bus.outbox.status()).toMatchObject({ dead: 1, backlog: 1 });
    world.broker.clearFaults();
    await world.drained();
    expect(world.log().map(({ n }) => n)).toEqual([2]);
  });

  it('lets nothing pass that was read while the refusal came', async () => {
    const world = modelWorld({ partitions: 1 });
    const { bus, put } = await world.start();
    await put({ k: 'a', n: 0 });
    await world.drained();
    slowAppends(bus, world.clock, 400);
    world.broker.failNext('append', { error: REFUSED });
    await put({ k: 'a', n: 1 });
    await world.clock.advance(200);
    // The page shows both rows, and arrives when the flight of the first has failed.
    world.database.failNext('pending', { error: null, answerMs: 500 });
    await put({ k: 'a', n: 2 });
    await world.drained();
    expect(world.order('a')).toEqual([0, 1, 2]);
  });

  it('goes on in order when it is mended in time', async () => {
    const world = modelWorld();
    const { put } = await world.start();
    world.broker.failNext('append', { error: REFUSED }, { times: 5 });
    for (let n = 0; n < 30; n++) await put({ k: `k${n % 3}`, n });
    await world.drained();
    for (let key = 0; key < 3; key++)
      expect(world.order(`k${key}`)).toEqual(Array.from({ length: 10 }, (_, n) => n * 3 + key));
  });
});

describe('a topic that does not exist', () => {
  it('is made again when it was deleted', async () => {
    const world = modelWorld();
    const { bus, put } = await world.start();
    await put({ k: 'a', n: 1 });
    await world.drained();
    await bus.transport.topics.delete(['counted']);
    await put({ k: 'a', n: 2 });
    await world.drained('10s');
    expect(world.order('a')).toEqual([2]);
  });

  it('is waited for where topics are not made here, with attempts counted', async () => {
    const world = modelWorld();
    const { put, lines } = await world.start({ contracts: [], topics: { topology: 'verify' } });
    await put({ k: 'a', n: 1 });
    await put({ k: 'a', n: 2 });
    await world.clock.advance('1m');
    expect(world.database.rows.map(({ attempts }) => attempts > 2)).toEqual([true, true]);
    expect(lines.some((line) => line.includes('events of the outbox wait'))).toBe(true);
    const helper = world.open();
    await helper.bus.transport.topics.create([{ name: 'counted', partitions: 3, cleanup: 'delete' }]);
    await world.drained();
    expect(world.order('a')).toEqual([1, 2]);
  });
});

describe('partitions', () => {
  it('are kept when they were named, and one that does not exist waits with its attempts counted', async () => {
    const world = modelWorld({ partitions: 3 });
    const { put, bus } = await world.start();
    await put({ k: 'a', n: 1 }, { partition: 2 });
    await put({ k: 'b', n: 2 }, { partition: 7 });
    await put({ k: 'c', n: 3 }, { partition: 0 });
    await world.clock.advance('30s');
    expect(
      world.broker.records('counted').map(({ partition, value }) => [partition, JSON.parse(text(value)).n]),
    ).toEqual([
      [0, 3],
      [2, 1],
    ]);
    expect(world.database.rows.map(({ attempts }) => attempts > 1)).toEqual([true]);
    await bus.transport.topics.grow('counted', 8);
    await world.drained();
    expect(world.broker.records('counted').at(-1)).toMatchObject({ partition: 7 });
  });

  it('take rows without key in turn', async () => {
    const world = modelWorld({ partitions: 3 });
    const { put } = await world.start();
    for (let n = 0; n < 30; n++) await put({ k: null, n });
    await world.drained();
    expect(world.broker.ends('counted')).toEqual([10, 10, 10]);
  });

  it('that are added lose nothing', async () => {
    const world = modelWorld({ partitions: 1 });
    const { put, bus } = await world.start();
    for (let n = 0; n < 100; n++) {
      await put({ k: `k${n % 5}`, n });
      if (n === 50) await bus.transport.topics.grow('counted', 4);
      await world.clock.advance(300);
    }
    await world.drained();
    expect(new Set(world.log().map(({ n }) => n)).size).toBe(100);
    expect(world.broker.ends('counted').filter((end) => end > 0).length).toBeGreaterThan(1);
  });

  it('that are added while rows are passed let nothing pass those of its key', async () => {
    const world = modelWorld({ partitions: 1 });
    const { bus, put } = await world.start();
    await put({ k: 'k0', n: 0 });
    await world.drained();
    slowAppends(bus, world.clock, 3_000, ({ partition }) => partition === 0);
    const events = (from: number) =>
      Array.from({ length: 1_000 }, (_, n) => [Counted, { k: `k${n % 20}`, n: from + n }] as const);
    for (let n = 1; n < 20_000; n += 1_000)
      await bus.outbox.transaction((tx) => bus.outbox.publishAll(tx, events(n)));
    await bus.transport.topics.grow('counted', 8);
    await world.drained('5m');
    expect(world.broker.ends('counted').filter((end) => end > 0).length).toBeGreaterThan(1);
    for (let key = 0; key < 20; key++) {
      const order = world.order(`k${key}`);
      expect(order).toEqual(order.toSorted((one, other) => one - other));
    }
  });
});

describe('scheduled events', () => {
  it('come no earlier than they are due, and not much later', async () => {
    const world = modelWorld();
    const { put } = await world.start();
    const at = world.clock.now();
    await put({ k: 'a', n: 1 }, { delay: '90s' });
    await put({ k: 'a', n: 2 }, { at: new Date(world.clock.now() + 5_000) });
    await put({ k: 'a', n: 3 }, { ordered: false });
    await world.clock.advance('2m');
    const [third, second, first] = world.broker.records('counted').map(({ timestamp }) => timestamp - at);
    expect(world.log().map(({ n }) => n)).toEqual([3, 2, 1]);
    expect(third).toBeLessThan(100);
    expect([second! >= 5_000, second! < 5_200]).toEqual([true, true]);
    expect([first! >= 90_000, first! < 90_200]).toEqual([true, true]);
  });
});

function text(value: Uint8Array | null): string {
  return new TextDecoder().decode(value!);
}

function partitionOf({ broker }: ReturnType<typeof modelWorld>, key: string): number | undefined {
  return broker.records('counted').find((record) => text(record.key) === key)?.partition;
}
