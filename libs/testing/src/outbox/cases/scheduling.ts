import assert from 'node:assert/strict';
import { entries, entry, numbers, values } from '../entries.js';
import { LONG_MS } from '../context.js';
import type { StoreCase } from '../suite.js';

/** Rows that are written with a delay, and `promote`. */
export const schedulingCases: readonly StoreCase[] = [
  {
    name: 'scheduled: not pending and not moved before they are due; `nextInMs` says when that is',
    async run(context) {
      const store = await context.open();
      assert.deepEqual(await store.promote(10), { moved: 0, nextInMs: null });
      await context.insert(store, entries('a', [1]), { delayMs: 500_000 });
      await context.insert(store, entries('a', [2]), { delayMs: 200_000 });
      const { moved, nextInMs } = await store.promote(10);
      assert.equal(moved, 0);
      assert(nextInMs !== null && nextInMs > 0 && nextInMs <= 200_000, `next in ${nextInMs} ms`);
      assert.deepEqual(await context.pending(store), []);
    },
  },
  {
    name: 'scheduled: they draw their ids when due, and come back as they were',
    async run(context) {
      const store = await context.open();
      const event = entry('a', 'later', { partition: 2, topic: 'elsewhere', type: 'other' });
      await context.insert(store, [event], { delayMs: 20 });
      await context.insert(store, entries('a', ['never yet']), { delayMs: LONG_MS });
      await context.insert(store, entries('a', ['now']));
      const { drawn } = await store.horizon();
      await context.until('the row is moved', async () => (await store.promote(10)).moved === 1);
      const rows = await context.pending(store);
      assert.deepEqual(values(rows), ['now', 'later']);
      const { rowId, id, type, topic, partition, attempts } = rows[1]!;
      assert.deepEqual(
        [id, type, topic, partition, attempts, rowId > drawn],
        [event.id, 'other', 'elsewhere', 2, 0, true],
      );
      assert.equal((await store.status()).scheduled, 1);
    },
  },
  {
    name: 'scheduled: those of a transaction that rolled back never come',
    async run(context) {
      const store = await context.open();
      const gone = await context.beginWith(store, entries('a', ['gone']), { delayMs: 1 });
      await context.settled('the rollback', gone.rollback());
      await context.insert(store, entries('a', ['kept']), { delayMs: 1 });
      await context.until('the other one is moved', async () => (await store.promote(10)).moved === 1);
      assert.deepEqual(await store.promote(10), { moved: 0, nextInMs: null });
      assert.deepEqual(values(await context.pending(store)), ['kept']);
    },
  },
  {
    name: 'scheduled: several may move them at once, few at a time; each comes once',
    async run(context) {
      const stores = [await context.open(), await context.open(), await context.open()];
      await context.insert(
        stores[0]!,
        numbers(25).map((index) => entry(`k${index % 4}`, String(index))),
        { delayMs: 1 },
      );
      let moved = 0;
      await context.until('all are moved', async () => {
        const calls = Promise.all(stores.map((store) => store.promote(4)));
        for (const call of await context.settled('all return', calls)) {
          assert(call.moved <= 4, `${call.moved} moved where 4 were allowed`);
          moved += call.moved;
        }
        return moved >= 25;
      });
      assert.equal(moved, 25);
      const seen = values(await context.pending(stores[0]!));
      assert.deepEqual(
        seen.map(Number).sort((one, two) => one - two),
        numbers(25),
      );
    },
  },
];
