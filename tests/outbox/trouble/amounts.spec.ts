import { expect, it } from 'vitest';
import { describeOnBoth } from '../support/both.ts';
import { Counted, type Payload } from '../support/world.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

describeOnBoth('much at once', (world) => {
  it('a payload of 1 MB arrives whole, between others of its key', async () => {
    const { put, bus } = await world().start({
      publisher: { maxEventBytes: 1_100_000, bufferBytes: 8_000_000 },
    });
    await bus.transport.topics.create([
      { name: 'spec.counted', partitions: 3, cleanup: 'delete', maxRecordBytes: 1_200_000 },
    ]);
    const text = 'ü🚋'.repeat(166_667);
    expect(Buffer.byteLength(text)).toBeGreaterThan(1_000_000);
    await put({ key: 'a', n: 1 }, { key: 'a', n: 2, text }, { key: 'a', n: 3 });
    await world().arrived(3);
    expect(world().order('a')).toEqual([1, 2, 3]);
    expect(world().log()[1]!.text === text).toBe(true);
  });

  it('a payload above publisher.maxEventBytes is refused before anything is written', async () => {
    const { put, bus } = await world().start({ outbox: { relay: false } });
    await expect(put({ key: 'a', n: 1, text: 'x'.repeat(1_000_001) })).rejects.toMatchObject({
      code: 'TRAMLINE_RECORD_TOO_LARGE',
    });
    expect((await bus.outbox.status()).backlog).toBe(0);
  });

  it('10,000 keys in one transaction arrive, and others write meanwhile', { timeout: 120_000 }, async () => {
    const { put, bus } = await world().start();
    const list: Payload[] = numbers(10_000).map((n) => ({ key: `key ${n}`, n }));
    await Promise.all([put(...list), ...numbers(20).map((n) => put({ key: `other ${n}`, n }))]);
    await world().drained(bus);
    await world().arrived(10_020);
    expect(world().log()).toHaveLength(10_020);
  });

  it('10,000 keys in 10,000 calls of one transaction arrive', { timeout: 120_000 }, async () => {
    const { bus } = await world().start();
    await bus.outbox.transaction(async (tx) => {
      for (const n of numbers(10_000)) await bus.outbox.publish(tx, Counted, { key: `key ${n}`, n });
    });
    await world().drained(bus);
    await world().arrived(10_000);
    expect(world().log()).toHaveLength(10_000);
  });

  it(
    '100,000 rows that lie there at start go out in order, at most 20,000 of them in memory',
    { timeout: 120_000 },
    async () => {
      const writer = await world().start({ outbox: { relay: false } });
      for (const part of numbers(20))
        await writer.put(...numbers(5_000).map((n) => ({ key: `key ${n % 100}`, n: part * 5_000 + n })));
      expect((await writer.bus.outbox.status()).backlog).toBe(100_000);
      const { bus, seen } = await world().start();
      await world().drained(bus);
      const orders = world().orders();
      expect(orders.size).toBe(100);
      for (const order of orders.values()) {
        expect(order).toHaveLength(1_000);
        expect(order).toEqual(order.toSorted((one, other) => one - other));
      }
      const settled = seen.flatMap((one) => (one.kind === 'relayed' ? one.rows : []));
      expect(Math.max(...settled)).toBeLessThanOrEqual(20_000);
      expect(bus.health().relay).toMatchObject({ status: 'relaying' });
    },
  );
});
