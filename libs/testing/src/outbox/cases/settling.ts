import assert from 'node:assert/strict';
import { entries, numbers, values } from '../entries.js';
import { LONG_MS } from '../context.js';
import type { StoreCase } from '../suite.js';

/** `settle` and `purge`: what the transport has goes. */
export const settlingCases: readonly StoreCase[] = [
  {
    name: 'settle: rows go, the others stay, and it says how many went',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', numbers(6)));
      const rows = await context.pending(store);
      assert.equal(await store.settle(leases, [rows[0]!, rows[2]!, rows[3]!], false), 3);
      assert.deepEqual(values(await context.pending(store)), ['1', '4', '5']);
      assert.equal(await store.settle(leases, rows.slice(0, 2), false), 1, 'one of the two is gone already');
      assert.equal(await store.settle(leases, [], false), 0);
    },
  },
  {
    name: 'settle: only the row whose event it is; another one with that row id stays',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', [1, 2]));
      const [one, two] = await context.pending(store);
      assert.equal(await store.settle(leases, [{ ...one!, id: two!.id }], false), 0);
      assert.equal(await store.settle(leases, [{ ...one!, id: two!.id }], true), 0);
      assert.equal((await context.pending(store)).length, 2);
    },
  },
  {
    name: 'settle: with `keep` rows are no longer pending and not dead; `purge` deletes them when old enough, few at a time',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, entries('a', numbers(5)));
      const rows = await context.pending(store);
      assert.equal(await store.settle(leases, rows.slice(0, 4), true), 4);
      assert.equal(await store.settle(leases, rows.slice(0, 4), true), 0, 'once is enough');
      assert.deepEqual(values(await context.pending(store)), ['4']);
      const { backlog, dead } = await store.status();
      assert.deepEqual([backlog, dead, await store.dead(0, 10)], [1, 0, []]);
      assert.equal(await store.purge(LONG_MS, 10), 0, 'they are younger');
      let purged = 0;
      await context.until('sent rows are purged, three at most in one call', async () => {
        const now = await store.purge(1, 3);
        assert(now <= 3, `${now} rows purged where 3 were allowed`);
        return (purged += now) >= 4;
      });
      assert.equal(await store.purge(0, 10), 0);
      assert.equal(purged, 4);
      assert.deepEqual(values(await context.pending(store)), ['4'], 'what was not sent is not purged');
    },
  },
];
