import assert from 'node:assert/strict';
import { entries, entry, numbers, values } from '../entries.js';
import { LONG_MS } from '../context.js';
import type { StoreCase } from '../suite.js';

/** `pending`: the next page of a relay. */
export const pendingCases: readonly StoreCase[] = [
  {
    name: 'pending: lowest ids first, at most `limit`, above `after`',
    async run(context) {
      const store = await context.open();
      await context.insert(
        store,
        numbers(9).map((index) => entry(`k${index}`, String(index))),
      );
      const first = await context.pending(store, { limit: 4 });
      assert.deepEqual(values(first), ['0', '1', '2', '3']);
      const next = await context.pending(store, { limit: 4, after: first.at(-1)!.rowId });
      assert.deepEqual(values(next), ['4', '5', '6', '7']);
      const last = await context.pending(store, { limit: 4, after: next.at(-1)!.rowId });
      assert.deepEqual(values(last), ['8']);
      assert.deepEqual(await context.pending(store, { after: last[0]!.rowId }), []);
    },
  },
  {
    name: 'pending: rows of the asked buckets and no others',
    async run(context) {
      const store = await context.open();
      await context.insert(
        store,
        numbers(60).map((index) => entry(`k${index}`, String(index))),
      );
      const all = await context.pending(store);
      const buckets = await context.buckets(store);
      const [even, odd] = [0, 1].map((rest) => buckets.filter((bucket) => bucket % 2 === rest));
      const evens = await context.pending(store, { buckets: even! });
      const odds = await context.pending(store, { buckets: odd! });
      assert(evens.every(({ bucket }) => bucket % 2 === 0) && odds.every(({ bucket }) => bucket % 2 === 1));
      assert.deepEqual(
        [...evens, ...odds].map(({ rowId }) => rowId).sort((one, two) => one - two),
        all.map(({ rowId }) => rowId),
      );
      assert.deepEqual(await context.pending(store, { buckets: [] }), []);
    },
  },
  {
    name: 'pending: a page ends at about `maxBytes`, and holds one row at least',
    async run(context) {
      const store = await context.open();
      await context.insert(
        store,
        entries('a', numbers(8)).map((one) => ({
          ...one,
          record: { ...one.record, value: Buffer.alloc(100_000, 'x') },
        })),
      );
      const page = await context.pending(store, { maxBytes: 350_000 });
      assert(page.length >= 2 && page.length <= 5, `${page.length} rows of 100,000 bytes for 350,000`);
      const all = await context.pending(store);
      assert.deepEqual(
        page.map(({ rowId }) => rowId),
        all.slice(0, page.length).map(({ rowId }) => rowId),
      );
      assert.equal((await context.pending(store, { maxBytes: 10 })).length, 1);
    },
  },
  {
    name: 'pending: keys on hold do not fill the page, wherever their rows lie',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('held', numbers(30)));
      const [head] = await context.pending(store, { limit: 1 });
      await store.hold(leases, [head!], LONG_MS, 'a failure');
      await context.insert(store, entries('free', ['goes on']));
      await context.insert(store, entries('held', ['waits too']));
      assert.deepEqual(values(await context.pending(store, { limit: 5 })), ['goes on']);
      assert.deepEqual(
        values(await context.pending(store, { limit: 5, maxBytes: 1 })),
        ['goes on'],
        'their bytes do not count either',
      );
    },
  },
  {
    name: 'pending: dead and scheduled rows do not fill the page',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', numbers(30)));
      await store.bury(leases, await context.pending(store), 'never');
      await context.insert(store, entries('a', numbers(30)), { delayMs: LONG_MS });
      await context.insert(store, entries('a', ['alive']));
      assert.deepEqual(values(await context.pending(store, { limit: 5 })), ['alive']);
    },
  },
];
