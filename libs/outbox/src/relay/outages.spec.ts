import { describe, expect, it } from 'vitest';
import { Counted, modelWorld, pendingRows } from '../spec/model-world.js';
import { slowAppends } from '../spec/slow-appends.js';

describe('while the broker is away', () => {
  it('only the backlog grows, for an hour, and nothing is busy', async () => {
    const world = modelWorld();
    const { put, lines, seen } = await world.start();
    await put({ k: 'a', n: 0 });
    await world.drained();
    world.broker.setAway(true);
    let pages = 0;
    const counting = { times: Infinity, where: () => ++pages < 0 };
    world.database.failNext('pending', {}, counting);
    for (let n = 1; n <= 60; n++) {
      await put({ k: `k${n % 7}`, n });
      await world.clock.advance('1m');
    }
    expect(pendingRows(world.database)).toBe(60);
    expect(world.database.held).toEqual([]);
    expect(world.database.rows.every(({ attempts }) => attempts === 0)).toBe(true);
    expect(lines.filter((line) => line.includes('broker cannot be used')).length).toBeLessThan(62);
    expect(pages).toBeLessThan(5_000);
    expect(seen).toContainEqual(expect.objectContaining({ kind: 'relay-status', status: 'away' }));
    world.broker.clearFaults();
    world.broker.setAway(false);
    await world.drained('1m');
    await world.clock.advance('1s');
    for (let key = 0; key < 7; key++) {
      const order = world.order(`k${key}`);
      expect(order).toEqual([...order].sort((one, other) => one - other));
    }
    expect(new Set(world.log().map(({ n }) => n)).size).toBe(61);
    expect(lines.at(-1)).toBe('The outbox is relayed again.');
  });

  it('no partition stays suspect because another answered just before', async () => {
    const world = modelWorld({ partitions: 2 });
    const { bus, put } = await world.start();
    for (let n = 0; n < 10; n++) await put({ k: `k${n}`, n });
    await world.drained();
    const partitions = world.broker.records('counted').map(({ partition }) => partition);
    slowAppends(bus, world.clock, 500, ({ partition }) => partition === 0);
    await put({ k: `k${world.log()[partitions.indexOf(0)]!.n}`, n: 10 });
    await world.clock.advance(100);
    await put({ k: `k${world.log()[partitions.indexOf(1)]!.n}`, n: 11 });
    await world.clock.runUntil(() => world.log().length === 11);
    world.broker.setAway(true);
    await world.clock.runUntil(() => world.database.held.length > 0, '10s');
    await world.clock.advance('10s');
    let holds = 0;
    world.database.failNext('hold', {}, { times: Infinity, where: () => ++holds < 0 });
    for (let n = 12; n < 102; n++) {
      await put({ k: `k${n % 10}`, n });
      await world.clock.advance(700);
    }
    expect([holds, world.database.held]).toEqual([0, []]);
    world.broker.setAway(false);
    await world.drained('1m');
  });

  it('a batch of unknown fate is sent again before anything later', async () => {
    const world = modelWorld({ partitions: 1 });
    const { put } = await world.start();
    world.broker.failNext('append', { applied: 'now', outcome: 'unknown' });
    await put({ k: 'a', n: 1 });
    await put({ k: 'a', n: 2 });
    await world.drained();
    expect(world.order('a')).toEqual([1, 2]);
  });

  it('a transport that somebody closed is as if it were away', async () => {
    const world = modelWorld();
    const { bus, put } = await world.start();
    await bus.transport.close();
    await put({ k: 'a', n: 1 });
    await world.clock.advance('1m');
    expect(pendingRows(world.database)).toBe(1);
    expect(world.database.held).toEqual([]);
    const { put: other } = await world.start();
    await bus.stopConsuming();
    await other({ k: 'a', n: 2 });
    await world.drained();
    expect(world.order('a')).toEqual([1, 2]);
  });
});

describe('while the database is away', () => {
  it('the bus starts, and relays when it comes', async () => {
    const world = modelWorld();
    world.database.setAway(true);
    const { put, lines } = await world.start();
    await world.clock.advance('1m');
    expect(lines.some((line) => line.includes('cannot be used yet'))).toBe(true);
    world.database.setAway(false);
    await world.clock.advance('6s');
    await put({ k: 'a', n: 1 });
    await world.drained('10s');
    expect(world.order('a')).toEqual([1]);
  });

  it('what was acknowledged meanwhile is settled later, and not sent again while the leases hold', async () => {
    const world = modelWorld({ partitions: 1 });
    const { put } = await world.start();
    world.database.failNext('settle', {}, { times: 3 });
    await put({ k: 'a', n: 1 });
    await put({ k: 'a', n: 2 });
    await world.drained();
    expect(world.log().map(({ n }) => n)).toEqual([1, 2]);
  });

  it('what was acknowledged is sent again by whoever takes over, and first appearances stay in order', async () => {
    const world = modelWorld({ partitions: 1 });
    const { bus, store } = await world.start();
    await world.clock.advance('1s');
    const settle = () => world.log().length > 0;
    await bus.outbox.transaction((tx) =>
      bus.outbox.publishAll(
        tx,
        [1, 2, 3].map((n) => [Counted, { k: 'a', n }] as const),
      ),
    );
    await world.clock.runUntil(settle);
    store.setAway(true);
    await world.start();
    await world.drained();
    store.setAway(false);
    await world.clock.advance('1m');
    expect(world.log().map(({ n }) => n)).toEqual([1, 2, 3, 1, 2, 3]);
    expect(world.order('a')).toEqual([1, 2, 3]);
  });

  it.each(['beat', 'claim', 'pending', 'settle', 'horizon', 'holds', 'promote'] as const)(
    'a lost answer to %s loses nothing and keeps the order',
    async (statement) => {
      const world = modelWorld();
      const { put } = await world.start();
      world.database.failNext(statement, { applied: 'now' }, { times: 2 });
      for (let n = 0; n < 20; n++) {
        await put({ k: 'a', n });
        if (n === 10) world.database.failNext(statement, { applied: 'now' });
      }
      await world.drained();
      expect(world.order('a')).toEqual(Array.from({ length: 20 }, (_, n) => n));
    },
  );

  it('a stop ends all the same', async () => {
    const world = modelWorld();
    const { bus, put } = await world.start();
    await put({ k: 'a', n: 1 });
    await world.drained();
    world.database.setAway(true);
    let stopped = false;
    void bus.stopConsuming().then(() => (stopped = true));
    await world.clock.runUntil(() => stopped, '30s');
    expect(bus.health().live).toBe(true);
  });
});
