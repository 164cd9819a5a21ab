import assert from 'node:assert/strict';
import { entries, entry } from '../entries.js';
import { LONG_MS } from '../context.js';
import type { StoreCase } from '../suite.js';

/** `status`: how an outbox stands. */
export const statusCases: readonly StoreCase[] = [
  {
    name: 'status: empty',
    async run(context) {
      const store = await context.open();
      assert.deepEqual(await store.status(), {
        ...{ backlog: 0, oldestMs: null, scheduled: 0, held: 0, dead: 0 },
        ...{ relays: [], blocker: null },
      });
    },
  },
  {
    name: 'status: counts what waits, what is not due, held keys and dead rows; ages grow',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      await context.insert(store, [entry('dead'), ...entries('held', [1, 2]), entry(null), entry('free')]);
      await context.insert(store, entries('a', [1, 2, 3]), { delayMs: LONG_MS });
      const rows = await context.pending(store);
      await store.bury(leases, [rows[0]!], 'never');
      await store.hold(leases, [rows[1]!, rows[2]!, rows[3]!], LONG_MS, 'a failure');
      const { backlog, oldestMs, scheduled, held, dead } = await store.status();
      assert.deepEqual([backlog, scheduled, held, dead], [4, 3, 2, 1]);
      assert(oldestMs !== null && oldestMs >= 0);
      await context.until('its age grows', async () => (await store.status()).oldestMs! > oldestMs);
      await store.settle(leases, rows, false);
      const after = await store.status();
      assert.deepEqual([after.backlog, after.oldestMs], [0, null]);
    },
  },
  {
    name: 'status: what is due counts as backlog, also before a relay has moved it',
    async run(context) {
      const store = await context.open();
      await context.insert(store, entries('a', [1, 2]), { delayMs: 1 });
      await context.insert(store, entries('a', [3]), { delayMs: LONG_MS });
      await context.until('they are due', async () => (await store.status()).backlog === 2);
      const { scheduled, oldestMs } = await store.status();
      assert.equal(scheduled, 1);
      assert(oldestMs !== null && oldestMs >= 0);
    },
  },
  {
    name: 'status: who relays, and how many buckets each owns',
    async run(context) {
      const store = await context.open();
      const { buckets } = await store.beat('one', LONG_MS);
      await store.beat('two', LONG_MS);
      await store.beat('idle', LONG_MS);
      await store.claim('one', 3, LONG_MS);
      await store.claim('two', buckets - 3, LONG_MS);
      const { relays } = await store.status();
      assert.deepEqual(
        relays.toSorted((one, two) => one.owner.localeCompare(two.owner)),
        [
          { owner: 'idle', buckets: 0 },
          { owner: 'one', buckets: 3 },
          { owner: 'two', buckets: buckets - 3 },
        ],
      );
    },
  },
];
