import assert from 'node:assert/strict';
import { entries, entry, numbers, values } from '../entries.js';
import type { StoreCase } from '../suite.js';

/** `bury`, `dead`, `revive`, `discard`: rows that can never be sent. */
export const deadCases: readonly StoreCase[] = [
  {
    name: 'dead: a buried row is seen with its error, and what waits behind it goes on',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', [1, 2, 3]));
      const rows = await context.pending(store);
      await store.bury(leases, [rows[0]!], 'too large');
      assert.deepEqual(values(await context.pending(store)), ['2', '3']);
      const [dead, ...others] = await store.dead(0, 10);
      assert.deepEqual(others, []);
      assert.deepEqual(
        [dead!.rowId, dead!.id, dead!.error, dead!.topic, values([dead!])],
        [rows[0]!.rowId, rows[0]!.id, 'too large', 'suite', ['1']],
      );
      await context.until('its age grows', async () => (await store.dead(0, 10))[0]!.ageMs > dead!.ageMs);
    },
  },
  {
    name: 'dead: oldest first, above `after`, at most `limit`; settling does not touch them',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', numbers(7)));
      const rows = await context.pending(store);
      await store.bury(leases, rows.toReversed(), 'never');
      assert.equal(await store.settle(leases, rows, false), 0, 'a dead row is no row on its way');
      const first = await store.dead(0, 5);
      assert.deepEqual(values(first), ['0', '1', '2', '3', '4']);
      assert.deepEqual(values(await store.dead(first.at(-1)!.rowId, 5)), ['5', '6']);
    },
  },
  {
    name: 'dead: revived rows are new ones: behind what waits, with new ids, without attempts',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', [1, 2]));
      const [one] = await context.pending(store);
      await store.hold(leases, [one!], 1, 'a failure');
      await store.lift(leases, await store.holds(await context.buckets(store)));
      await store.bury(leases, [one!], 'never');
      await context.insert(store, entries('a', [3]));
      const { drawn } = await store.horizon();
      assert.equal(await store.revive([one!.rowId]), 1);
      const rows = await context.pending(store);
      assert.deepEqual(values(rows), ['2', '3', '1']);
      const back = rows.at(-1)!;
      assert.deepEqual([back.id, back.attempts, back.rowId > drawn], [one!.id, 0, true]);
      assert.deepEqual(await store.dead(0, 10), []);
      assert.equal(await store.revive([one!.rowId]), 0, 'it is not there any more');
      assert.equal(await store.revive([back.rowId]), 0, 'it is not dead');
      assert.deepEqual(values(await context.pending(store)), ['2', '3', '1']);
    },
  },
  {
    name: 'dead: a hold goes with the row that it is for: what waits behind that goes on',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', [1, 2, 3]));
      const [one] = await context.pending(store);
      await store.hold(leases, [one!], 60_000, 'a failure');
      assert.deepEqual(await context.pending(store), []);
      await store.bury(leases, [one!], 'never');
      assert.deepEqual(values(await context.pending(store)), ['2', '3']);
      assert.deepEqual(await store.holds(await context.buckets(store)), []);
    },
  },
  {
    name: 'dead: several that are revived together come back in their order',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', numbers(5)));
      const rows = await context.pending(store);
      await store.bury(leases, rows, 'never');
      assert.equal(await store.revive(rows.map(({ rowId }) => rowId).toReversed()), 5);
      assert.deepEqual(values(await context.pending(store)), ['0', '1', '2', '3', '4']);
    },
  },
  {
    name: 'dead: discarded rows are gone, and only dead ones can be discarded',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, [entry('a', '1'), entry('a', '2'), entry('a', '3')]);
      const rows = await context.pending(store);
      await store.bury(leases, rows.slice(0, 2), 'never');
      assert.equal(await store.discard([rows[0]!.rowId, rows[2]!.rowId]), 1);
      assert.deepEqual(values(await store.dead(0, 10)), ['2']);
      assert.deepEqual(values(await context.pending(store)), ['3']);
    },
  },
  {
    name: 'dead: two who revive the same rows at once bring each back once',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', numbers(10)));
      const rows = await context.pending(store);
      await store.bury(leases, rows, 'never');
      const ids = rows.map(({ rowId }) => rowId);
      const both = Promise.all([store.revive(ids), other.revive(ids)]);
      const [one, two] = await context.settled('both revivals', both);
      assert.equal(one + two, 10);
      assert.equal((await context.pending(store)).length, 10);
    },
  },
];
