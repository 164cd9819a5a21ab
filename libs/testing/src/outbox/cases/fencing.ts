import assert from 'node:assert/strict';
import type { Lease, OutboxStore } from '@tramline/core/outbox';
import { LONG_MS, type StoreContext } from '../context.js';
import { entries, entry, numbers, values } from '../entries.js';
import type { StoreCase } from '../suite.js';

interface TakenOver<Tx> {
  readonly store: OutboxStore<Tx>;
  /** Whose buckets were taken, with what it still believes to own. */
  readonly stale: readonly Lease[];
  readonly fresh: readonly Lease[];
}

/** One relay's buckets went to another one. */
async function takeOver<Tx>(context: StoreContext<Tx>): Promise<TakenOver<Tx>> {
  const store = await context.open();
  const stale = await context.claimAll(store, 'old');
  await store.release(stale);
  return { store, stale, fresh: await context.claimAll(store, 'new') };
}

/** Whoever lost a bucket changes nothing there any more. */
export const fencingCases: readonly StoreCase[] = [
  {
    name: 'fence: settle of an old owner deletes nothing and marks nothing',
    async run(context) {
      const { store, stale, fresh } = await takeOver(context);
      await context.insert(store, entries('a', [1, 2]));
      const rows = await context.pending(store);
      assert.equal(await store.settle(stale, rows, false), 0);
      assert.equal(await store.settle(stale, rows, true), 0);
      assert.equal(await store.settle([], rows, false), 0, 'and without any lease neither');
      assert.equal((await context.pending(store)).length, 2);
      assert.equal(await store.settle(fresh, rows, false), 2);
    },
  },
  {
    name: 'fence: hold of an old owner holds nothing and counts nothing',
    async run(context) {
      const { store, stale } = await takeOver(context);
      await context.insert(store, entries('a', [1]));
      const rows = await context.pending(store);
      await store.hold(stale, rows, LONG_MS, 'a failure');
      assert.deepEqual(await store.holds(await context.buckets(store)), []);
      assert.deepEqual(
        (await context.pending(store)).map(({ attempts }) => attempts),
        [0],
      );
    },
  },
  {
    name: 'fence: lift of an old owner lifts nothing',
    async run(context) {
      const { store, stale, fresh } = await takeOver(context);
      await context.insert(store, entries('a', [1]));
      await store.hold(fresh, await context.pending(store), LONG_MS, 'a failure');
      const holds = await store.holds(await context.buckets(store));
      await store.lift(stale, holds);
      assert.deepEqual(await context.pending(store), []);
      assert.equal((await store.holds(await context.buckets(store))).length, 1);
      await store.lift(fresh, holds);
      assert.equal((await context.pending(store)).length, 1);
    },
  },
  {
    name: 'fence: bury of an old owner buries nothing',
    async run(context) {
      const { store, stale } = await takeOver(context);
      await context.insert(store, entries('a', [1]));
      await store.bury(stale, await context.pending(store), 'never');
      assert.deepEqual(await store.dead(0, 10), []);
      assert.deepEqual(values(await context.pending(store)), ['1']);
    },
  },
  {
    name: 'fence: release of an old owner gives nothing away',
    async run(context) {
      const { store, stale, fresh } = await takeOver(context);
      await store.release(stale);
      assert.deepEqual(await store.claim('third', 1, LONG_MS), []);
      assert.equal((await store.beat('new', LONG_MS)).leases.length, fresh.length);
    },
  },
  {
    name: 'fence: of several buckets in one call those that are still owned change, and the others do not',
    async run(context) {
      const store = await context.open();
      const first = await context.claimAll(store, 'old');
      const lost = first.slice(0, Math.floor(first.length / 2));
      await store.release(lost);
      await store.beat('new', LONG_MS);
      assert.equal((await store.claim('new', lost.length, LONG_MS)).length, lost.length);
      await context.insert(
        store,
        numbers(80).map((index) => entry(`k${index}`, String(index))),
      );
      const isLost = ({ bucket }: { bucket: number }) => lost.some((lease) => lease.bucket === bucket);
      const rows = await context.pending(store);
      const kept = rows.filter((row) => !isLost(row));
      assert(kept.length > 0 && kept.length < rows.length, 'rows lie in buckets of both');
      await store.hold(first, rows, LONG_MS, null);
      const holds = await store.holds(await context.buckets(store));
      assert(holds.length > 0 && !holds.some(isLost));
      await store.lift(first, holds);
      assert.equal(await store.settle(first, rows, false), kept.length);
      const left = await context.pending(store);
      assert.deepEqual(values(left), values(rows.filter(isLost)));
      await store.bury(first, left, 'never');
      assert.equal((await context.pending(store)).length, left.length);
    },
  },
  {
    name: 'fence: also by the epoch alone, when the same owner has lost a bucket and claimed it anew',
    async run(context) {
      const store = await context.open();
      const stale = await context.claimAll(store, 'one');
      await store.release(stale);
      await context.claimAll(store, 'one');
      await context.insert(store, entries('a', [1]));
      const rows = await context.pending(store);
      assert.equal(await store.settle(stale, rows, false), 0);
      await store.release(stale);
      assert.deepEqual(await store.claim('two', 1, LONG_MS), []);
    },
  },
];
