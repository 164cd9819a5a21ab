import assert from 'node:assert/strict';
import type { Effect, OutboxStore } from '@tramline/core/outbox';
import type { StoreContext } from '../context.js';
import type { StoreCase } from '../suite.js';
import { effect } from './remembering.js';

async function remember<Tx>(context: StoreContext<Tx>, store: OutboxStore<Tx>, ...effects: Effect[]) {
  for (const what of effects) {
    const work = store.transaction((tx) => store.remember(tx, what));
    await context.settled('the transaction', work);
  }
}

const at = (offset: number, partition = 0, topic = 'suite') => ({
  origin: { topic, partition, offset, timestamp: 1 },
});

/** `known` and `effects`: what operators ask the inbox. */
export const knowingCases: readonly StoreCase[] = [
  {
    name: 'known: those of the events whose effect this handler of this group had; nothing of others',
    async run(context) {
      const store = await context.open();
      await remember(
        context,
        store,
        effect({ eventId: 'a' }),
        effect({ eventId: "b'{}" }),
        effect({ eventId: 'c', handlerId: 'other' }),
        effect({ eventId: 'd', group: 'other' }),
      );
      const known = await store.known('points', 'award', ['a', "b'{}", 'c', 'd', 'e', 'a']);
      assert.deepEqual([...known].sort(), ['a', "b'{}"]);
      assert.deepEqual([...(await store.known('points', 'award', []))], []);
    },
  },
  {
    name: 'known: nothing that was rolled back',
    async run(context) {
      const store = await context.open();
      const open = await context.begin(store);
      assert.equal(await context.settled('it', store.remember(open.tx, effect({ eventId: 'a' }))), true);
      await context.settled('the rollback', open.rollback());
      assert.deepEqual([...(await store.known('points', 'award', ['a']))], []);
    },
  },
  {
    name: 'effects: counts those of the group from `from` up to but not including `to`, in the partitions named',
    async run(context) {
      const store = await context.open();
      await remember(
        context,
        store,
        ...[4, 5, 9, 10].map((offset) => effect({ eventId: `e${offset}`, offset })),
        effect({ eventId: 'e5', handlerId: 'other', offset: 5 }),
        effect({ eventId: 'p1', ...at(7, 1) }),
        effect({ eventId: 'p2', ...at(7, 2) }),
        effect({ eventId: 't', ...at(7, 0, 'elsewhere') }),
        effect({ eventId: 'g', group: 'other', offset: 7 }),
      );
      const range = (partition: number, from: number, to: number) => ({
        topic: 'suite',
        partition,
        from,
        to,
      });
      assert.equal(await store.effects('points', [range(0, 5, 10)]), 3);
      assert.equal(await store.effects('points', [range(0, 5, 10), range(1, 0, 99)]), 4);
      assert.equal(await store.effects('points', [range(0, 11, 99)]), 0);
      assert.equal(await store.effects('points', []), 0);
    },
  },
];
