import { describe, expect, it } from 'vitest';
import { Counted, modelWorld, pendingRows } from '../spec/model-world.js';
import { slowAppends } from '../spec/slow-appends.js';

describe('a relay', () => {
  it('brings what was committed to the broker, in order, and settles it', async () => {
    const world = modelWorld();
    const { put, seen } = await world.start();
    for (let n = 0; n < 20; n++) await put({ k: `key${n % 3}`, n });
    await world.drained();
    expect(world.order('key0')).toEqual([0, 3, 6, 9, 12, 15, 18]);
    expect(world.log()).toHaveLength(20);
    const relayed = seen.flatMap((one) => (one.kind === 'relayed' ? [one.rows] : []));
    expect(relayed.reduce((sum, rows) => sum + rows, 0)).toBe(20);
    expect(seen).toContainEqual(
      expect.objectContaining({ kind: 'relay-status', status: 'relaying', buckets: 64 }),
    );
  });

  it('brings nothing of a transaction that was rolled back', async () => {
    const world = modelWorld();
    const { bus, put } = await world.start();
    const refused = bus.outbox.transaction(async (tx) => {
      await bus.outbox.publish(tx, Counted, { k: 'a', n: 1 });
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    await put({ k: 'a', n: 2 });
    await world.drained();
    expect(world.order('a')).toEqual([2]);
  });

  it('keeps the order of commits when a transaction of another key commits late', async () => {
    const world = modelWorld();
    const { bus, put, store } = await world.start();
    const late = await store.begin();
    await bus.outbox.publish(late, Counted, { k: 'a', n: 1 });
    await put({ k: 'b', n: 1 });
    await world.drained();
    await world.clock.advance('30s');
    await late.commit();
    await world.clock.advance('2s');
    expect(world.order('a')).toEqual([1]);
    expect(world.order('b')).toEqual([1]);
  });

  it('moves 12,000 rows of one key in order', async () => {
    const world = modelWorld();
    const { bus } = await world.start();
    for (let part = 0; part < 12; part++)
      await bus.outbox.transaction((tx) =>
        bus.outbox.publishAll(
          tx,
          Array.from({ length: 1_000 }, (_, n) => [Counted, { k: 'a', n: part * 1_000 + n }] as const),
        ),
      );
    await world.drained();
    expect(world.log().map(({ n }) => n)).toEqual(Array.from({ length: 12_000 }, (_, n) => n));
  });

  it('stops only when what flies has landed and is settled, and keeps its leases until then', async () => {
    const world = modelWorld({ partitions: 1 });
    const { bus, put } = await world.start();
    await put({ k: 'a', n: 0 });
    await world.drained();
    slowAppends(bus, world.clock, 2_000);
    await put({ k: 'a', n: 1 });
    await world.clock.advance(500);
    let stopped = false;
    void bus.stopConsuming().then(() => (stopped = true));
    await world.clock.advance(1_000);
    expect(stopped).toBe(false);
    expect(world.database.leases.every(({ owner }) => owner !== null)).toBe(true);
    await world.clock.runUntil(() => stopped, '10s');
    expect(world.order('a')).toEqual([0, 1]);
    expect(pendingRows(world.database)).toBe(0);
    expect(world.database.leases.every(({ owner }) => owner === null)).toBe(true);
  });

  it('leaves no lease and no member behind when it stops', async () => {
    const world = modelWorld();
    const { bus, put } = await world.start();
    await put({ k: 'a', n: 1 });
    await world.drained();
    await bus.stopConsuming();
    expect(world.database.relays.size).toBe(0);
    expect(world.database.leases.filter(({ owner }) => owner)).toEqual([]);
    await put({ k: 'a', n: 2 });
    await world.clock.advance('1m');
    expect(pendingRows(world.database)).toBe(1);
  });
});
