import assert from 'node:assert/strict';
import type { Effect, OutboxStore } from '@tramline/core/outbox';
import { LONG_MS, type StoreContext } from '../context.js';
import { numbers } from '../entries.js';
import type { StoreCase } from '../suite.js';
import { effect } from './remembering.js';

const at = (offset: number, partition = 0) => [{ topic: 'suite', partition, offset }];

async function remember<Tx>(context: StoreContext<Tx>, store: OutboxStore<Tx>, ...effects: Effect[]) {
  const work = store.transaction(async (tx) => {
    const found: boolean[] = [];
    for (const what of effects) found.push(await store.remember(tx, what));
    return found;
  });
  return context.settled('the transaction', work);
}

/** Forgets as much as these rules allow, and waits for `count` to be gone. @returns how many went */
async function forgotten<Tx>(
  context: StoreContext<Tx>,
  store: OutboxStore<Tx>,
  committed: Parameters<OutboxStore<Tx>['forget']>[1],
  count: number,
): Promise<number> {
  let gone = 0;
  await context.until(`${count} effects are forgotten`, async () => {
    gone += await store.forget('points', committed, 1, 100);
    return gone >= count;
  });
  return gone;
}

/** `forget`: only what is both old and behind the committed position. */
export const forgettingCases: readonly StoreCase[] = [
  {
    name: 'forget: nothing that was seen within `keepMs`, whatever was committed',
    async run(context) {
      const store = await context.open();
      await remember(context, store, effect());
      assert.equal(await store.forget('points', at(1_000), LONG_MS, 100), 0);
      assert.deepEqual(await remember(context, store, effect()), [false]);
    },
  },
  {
    name: 'forget: nothing at or above the committed offset, however old, nor of partitions and topics that are not named',
    async run(context) {
      const store = await context.open();
      const origin = (partition: number, topic = 'suite', offset = 3) => ({
        origin: { topic, partition, offset, timestamp: 1 },
      });
      const kept = [
        effect({ eventId: 'at', offset: 10 }),
        effect({ eventId: 'above', offset: 11 }),
        effect({ eventId: 'partition', ...origin(1) }),
        effect({ eventId: 'topic', ...origin(0, 'elsewhere') }),
        effect({ eventId: 'group', group: 'other', offset: 3 }),
      ];
      const going = [effect({ eventId: 'old', offset: 9 }), effect({ eventId: 'older', offset: 0 })];
      await remember(context, store, ...kept, ...going);
      assert.equal(await forgotten(context, store, at(10), 2), 2);
      assert.equal(await store.forget('points', at(10), 1, 100), 0);
      assert.equal(await store.forget('points', [], 1, 100), 0);
      assert.deepEqual(await remember(context, store, ...going, ...kept), [
        ...going.map(() => true),
        ...kept.map(() => false),
      ]);
    },
  },
  {
    name: 'forget: a repeat at a higher offset raises the position, one at a lower does not lower it',
    async run(context) {
      const store = await context.open();
      const offsets = [5, 50, 20];
      for (const offset of offsets) await remember(context, store, effect({ offset }));
      await remember(context, store, effect({ eventId: 'witness', offset: 1 }));
      assert.equal(await forgotten(context, store, at(50), 1), 1, 'the witness goes, the other lies at 50');
      assert.deepEqual(await remember(context, store, effect({ offset: 1 })), [false]);
      assert.equal(await forgotten(context, store, at(51), 1), 1);
      assert.deepEqual(await remember(context, store, effect({ offset: 1 })), [true]);
    },
  },
  {
    name: 'forget: a repeat under a former id raises the position of what is known',
    async run(context) {
      const store = await context.open();
      await remember(context, store, effect({ handlerId: 'old', offset: 5 }));
      await remember(context, store, effect({ aliases: ['old'], offset: 50 }));
      await remember(context, store, effect({ eventId: 'witness', offset: 1 }));
      assert.equal(await forgotten(context, store, at(50), 1), 1);
      assert.deepEqual(await remember(context, store, effect({ aliases: ['old'], offset: 1 })), [false]);
    },
  },
  {
    name: 'forget: a repeat counts as seen now',
    async run(context) {
      const store = await context.open();
      const aged = async () => {
        await remember(context, store, effect({ eventId: 'witness', offset: 1 }));
        await context.until(
          'a witness of the same age is old enough',
          async () => (await store.forget('points', at(2), 1_000, 100)) === 1,
        );
      };
      await context.until('a repeat, and a look at it within the second', async () => {
        await remember(context, store, effect());
        await aged();
        const repeatedAt = context.clock.monotonic();
        await remember(context, store, effect());
        const gone = await store.forget('points', at(1_000), 1_000, 100);
        const late = context.clock.monotonic() - repeatedAt >= 1_000;
        assert.ok(late || gone === 0, 'it was seen just now');
        return !late;
      });
      await aged();
      assert.equal(await store.forget('points', at(1_000), 1_000, 100), 1);
    },
  },
  {
    name: 'forget: at most `limit` at once; fewer mean that there are no more',
    async run(context) {
      const store = await context.open();
      await remember(
        context,
        store,
        ...numbers(7).map((index) => effect({ eventId: `event-${index}`, offset: 1 })),
      );
      await remember(context, store, effect({ eventId: 'kept', offset: 99 }));
      const counts: number[] = [];
      await context.until('they are old enough', async () => {
        const count = await store.forget('points', at(10), 1, 3);
        if (count > 0) counts.push(count);
        return count > 0;
      });
      counts.push(await store.forget('points', at(10), 1, 3), await store.forget('points', at(10), 1, 3));
      assert.deepEqual(counts, [3, 3, 1]);
      assert.equal(await store.forget('points', at(10), 1, 3), 0);
    },
  },
];
