import { expect, it } from 'vitest';
import { describeOnBoth } from '../support/both.ts';

// Shares are made even after a third of it.
const outbox = { relay: { lease: '3s' } } as const;

describeOnBoth('two services with one outbox', (world) => {
  it('share the work; every event arrives once, in order of its key, whoever wrote and whoever relays', async () => {
    const orders = await world().start({ service: 'orders', outbox });
    const shipping = await world().start({ service: 'shipping', outbox });
    await world().until('both relay', async () => {
      const { relays } = await orders.bus.outbox.status();
      return relays.length === 2 && relays.every(({ buckets }) => buckets === 32);
    });
    const writers = [orders, shipping];
    let n = 0;
    // Of each key in turn by one service and the other: its order is that of the commits of both.
    for (let round = 0; round < 40; round++)
      await Promise.all(
        Array.from({ length: 10 }, (_, key) =>
          writers[(round + key) % 2]!.put({ key: `key ${key}`, n: n++ }),
        ),
      );
    await world().arrived(400);
    expect(world().log()).toHaveLength(400);
    for (const order of world().orders().values()) {
      expect(order).toHaveLength(40);
      expect(order).toEqual(order.toSorted((one, other) => one - other));
    }
    const relayed = writers.map(({ seen }) => seen.some(({ kind }) => kind === 'relayed'));
    expect(relayed).toEqual([true, true]);
    expect((await orders.bus.outbox.status()).relays.map(({ owner }) => owner.split('-')[0])).toEqual([
      'orders',
      'shipping',
    ]);
  });

  it('go on when one of them stops, and the other has all of it then', async () => {
    const orders = await world().start({ service: 'orders', outbox });
    const shipping = await world().start({ service: 'shipping', outbox });
    await orders.bus.close();
    await shipping.put({ key: 'a', n: 1 }, { key: 'b', n: 2 }, { key: 'c', n: 3 });
    await world().arrived(3);
    await world().until('one relay has all', async () => {
      const { relays } = await shipping.bus.outbox.status();
      return relays.length === 1 && relays[0]!.buckets === 64;
    });
  });
});
