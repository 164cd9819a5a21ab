import assert from 'node:assert/strict';
import { entries, entry, values } from '../entries.js';
import { LONG_MS } from '../context.js';
import type { StoreCase } from '../suite.js';

/** `hold`, `holds` and `lift`: keys that wait after a failure. */
export const holdingCases: readonly StoreCase[] = [
  {
    name: 'hold: every row of the key waits, also those written later; other keys and the same key of other topics go on',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, [entry('a', '1'), entry('b', '2'), entry('a', '3')]);
      const [head] = await context.pending(store);
      await store.hold(leases, [head!], LONG_MS, 'a failure');
      await context.insert(store, [entry('a', '4'), entry('a', '5', { topic: 'elsewhere' })]);
      assert.deepEqual(values(await context.pending(store)), ['2', '5']);
    },
  },
  {
    name: 'hold: a row without key waits alone',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries(null, [1, 2, 3]));
      const rows = await context.pending(store);
      await store.hold(leases, [rows[1]!], LONG_MS, 'a failure');
      await context.insert(store, entries(null, [4]));
      assert.deepEqual(values(await context.pending(store)), ['1', '3', '4']);
      await store.lift(leases, await store.holds(await context.buckets(store)));
      assert.deepEqual(values(await context.pending(store)), ['1', '2', '3', '4']);
    },
  },
  {
    name: 'hold: lasts until it is lifted, also when it is long due; then the key is pending from its first row on',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', [1, 2]));
      const rows = await context.pending(store);
      await store.hold(leases, [rows[0]!], 5, 'a failure');
      const buckets = await context.buckets(store);
      const held = await store.holds(buckets);
      assert.equal(held.length, 1);
      assert.deepEqual([held[0]!.bucket, held[0]!.dueInMs <= 5], [rows[0]!.bucket, true]);
      await context.until('the hold is due', async () => (await store.holds(buckets))[0]!.dueInMs <= 0);
      assert.deepEqual(await context.pending(store), []);
      await store.lift(leases, held);
      assert.deepEqual(await store.holds(buckets), []);
      assert.deepEqual(values(await context.pending(store)), ['1', '2']);
    },
  },
  {
    name: 'hold: `dueInMs` tells what is left; a second hold counts from anew',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', [1]));
      const rows = await context.pending(store);
      const buckets = await context.buckets(store);
      const left = async () => {
        const holds = await store.holds(buckets);
        assert.equal(holds.length, 1, 'one hold for one key');
        return holds[0]!.dueInMs;
      };
      await store.hold(leases, rows, 100_000, 'a failure');
      const first = await left();
      assert(first > 0 && first <= 100_000, `${first} ms of 100,000 are left`);
      await context.until('time goes on for the hold', async () => (await left()) < first);
      await store.hold(leases, rows, 300_000, 'another failure');
      const second = await left();
      assert(second > 100_000 && second <= 300_000, `${second} ms of 300,000 are left`);
    },
  },
  {
    name: 'hold: `lift` ends the hold that it names, and no later one of the same key',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, [...entries('a', [1, 2]), entry(null, '3')]);
      const rows = await context.pending(store);
      const buckets = await context.buckets(store);
      await store.hold(leases, rows, 5, 'a failure');
      const earlier = await store.holds(buckets);
      await store.hold(leases, rows, LONG_MS, 'another failure');
      await store.lift(leases, earlier);
      assert.deepEqual(await context.pending(store), []);
      await store.lift(leases, await store.holds(buckets));
      assert.deepEqual(values(await context.pending(store)), ['1', '2', '3']);
    },
  },
  {
    name: 'hold: attempts of the row go up with a failure of its own, and only then',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', [1, 2]));
      const buckets = await context.buckets(store);
      const attempts = async (failure: string | null) => {
        const rows = await context.pending(store);
        await store.hold(leases, [rows[0]!], 1, failure);
        await store.lift(leases, await store.holds(buckets));
        return (await context.pending(store)).map((row) => row.attempts);
      };
      assert.deepEqual(await attempts('a failure'), [1, 0]);
      assert.deepEqual(await attempts(null), [1, 0]);
      assert.deepEqual(await attempts('a failure'), [2, 0]);
    },
  },
  {
    name: 'hold: `holds` tells of the asked buckets alone, and `lift` ends what it names alone',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(
        store,
        ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => entry(key, key)),
      );
      const rows = await context.pending(store);
      await store.hold(leases, rows, LONG_MS, 'a failure');
      const all = await store.holds(await context.buckets(store));
      assert.equal(all.length, 6);
      const some = await store.holds([rows[0]!.bucket]);
      assert(some.length >= 1 && some.every(({ bucket }) => bucket === rows[0]!.bucket));
      assert.deepEqual(await store.holds([]), []);
      await store.lift(leases, some);
      const free = rows.filter(({ bucket }) => bucket === rows[0]!.bucket);
      assert.deepEqual(values(await context.pending(store)), values(free));
      await store.lift(leases, all);
      assert.deepEqual(values(await context.pending(store)), values(rows));
    },
  },
];
