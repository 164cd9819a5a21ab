import assert from 'node:assert/strict';
import type { Lease } from '@tramline/core/outbox';
import { numbers } from '../entries.js';
import { LONG_MS } from '../context.js';
import type { StoreCase } from '../suite.js';

const bucketsOf = (leases: readonly Lease[]) => leases.map(({ bucket }) => bucket).sort((a, b) => a - b);
const sorted = (leases: readonly Lease[]) => leases.toSorted((one, two) => one.bucket - two.bucket);

/** `beat`, `claim`, `release`, `leave`: who relays what. */
export const leaseCases: readonly StoreCase[] = [
  {
    name: 'lease: a claim takes at most `count` buckets, and none that somebody owns',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const { buckets, leases } = await store.beat('one', LONG_MS);
      assert.deepEqual(leases, [], 'a beat alone claims nothing');
      assert.deepEqual(await store.claim('one', 0, LONG_MS), []);
      const mine = await store.claim('one', 5, LONG_MS);
      assert.equal(mine.length, 5);
      await other.beat('two', LONG_MS);
      const theirs = await other.claim('two', buckets, LONG_MS);
      assert.equal(theirs.length, buckets - 5);
      assert.deepEqual(bucketsOf([...mine, ...theirs]), numbers(buckets), 'buckets are counted from 0');
      assert.deepEqual(await store.claim('one', buckets, LONG_MS), []);
      assert.deepEqual(sorted((await store.beat('one', LONG_MS)).leases), sorted(mine));
    },
  },
  {
    name: 'lease: claims of many at once give every bucket to one of them',
    async run(context) {
      const stores = [await context.open(), await context.open(), await context.open(), await context.open()];
      const { buckets } = await stores[0]!.beat('owner-0', LONG_MS);
      const share = Math.ceil(buckets / stores.length);
      let claimed: Lease[] = [];
      await context.until('all buckets are claimed', async () => {
        const calls = stores.map((store, index) => store.claim(`owner-${index}`, share, LONG_MS));
        claimed = claimed.concat(...(await context.settled('all claims return', Promise.all(calls))));
        return claimed.length >= buckets;
      });
      assert.deepEqual(bucketsOf(claimed), numbers(buckets));
      const beats = stores.map((store, index) => store.beat(`owner-${index}`, LONG_MS));
      const held = await context.settled('all beats return', Promise.all(beats));
      assert.deepEqual(sorted(held.flatMap(({ leases }) => leases)), sorted(claimed));
      assert.equal(Math.max(...held.map(({ relays }) => relays)), stores.length);
    },
  },
  {
    name: 'lease: each claim of a bucket has a higher epoch, also by the same owner',
    async run(context) {
      const store = await context.open();
      let last = new Map<number, number>();
      for (const owner of ['one', 'two', 'two', 'one']) {
        const leases = await context.claimAll(store, owner);
        for (const { bucket, epoch } of leases) assert(epoch > (last.get(bucket) ?? -1), 'the epoch rises');
        last = new Map(leases.map(({ bucket, epoch }) => [bucket, epoch]));
        await store.release(leases);
      }
    },
  },
  {
    name: 'lease: released buckets can be claimed at once; the others stay',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const all = await context.claimAll(store, 'one');
      await store.release(all.slice(0, 3));
      const { leases } = await store.beat('one', LONG_MS);
      assert.deepEqual(sorted(leases), sorted(all.slice(3)));
      await other.beat('two', LONG_MS);
      const theirs = await other.claim('two', all.length, LONG_MS);
      assert.deepEqual(bucketsOf(theirs), bucketsOf(all.slice(0, 3)));
    },
  },
  {
    name: 'lease: one that expired by the time of the database goes to who claims it, and is lost to its owner either way',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const { buckets } = await other.beat('two', LONG_MS);
      const theirs = await other.claim('two', buckets - 2, LONG_MS);
      await store.beat('one', 30);
      const mine = await store.claim('one', 2, 30);
      assert.equal(mine.length, 2);
      const taken: Lease[] = [];
      await context.until('one expired bucket is claimed by the other', async () => {
        taken.push(...(await other.claim('two', 1, LONG_MS)));
        return taken.length > 0;
      });
      const before = mine.find(({ bucket }) => bucket === taken[0]!.bucket);
      assert(before && taken[0]!.epoch > before.epoch, 'with a higher epoch');
      assert.deepEqual(
        (await store.beat('one', LONG_MS)).leases,
        [],
        'a beat does not bring back what expired',
      );
      assert.equal((await other.claim('two', 5, LONG_MS)).length, 1, 'the second one expired too');
      const { leases } = await other.beat('two', LONG_MS);
      assert.equal(leases.length, theirs.length + 2);
    },
  },
  {
    name: 'lease: a beat prolongs what has not expired',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const all = await context.claimAll(store, 'one', 2_500);
      assert.deepEqual(sorted((await store.beat('one', LONG_MS)).leases), sorted(all));
      // A lease that was given for as long, and later, is over: so would be those of the first without the beat.
      await store.release([all[0]!]);
      await other.beat('two', 2_500);
      assert.equal((await other.claim('two', 1, 2_500)).length, 1);
      const taken: Lease[] = [];
      await context.until('the lease of the other is over', async () => {
        taken.push(...(await other.claim('three', all.length, LONG_MS)));
        return taken.length > 0;
      });
      assert.deepEqual(bucketsOf(taken), [all[0]!.bucket]);
      assert.deepEqual(sorted((await store.beat('one', LONG_MS)).leases), sorted(all.slice(1)));
    },
  },
  {
    name: 'lease: relays are counted while they live, until they leave or are silent too long',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      assert.equal((await store.beat('one', LONG_MS)).relays, 1);
      assert.equal((await other.beat('two', LONG_MS)).relays, 2);
      assert.equal((await other.beat('two', LONG_MS)).relays, 2, 'nobody is counted twice');
      await other.leave('two');
      assert.equal((await store.beat('one', LONG_MS)).relays, 1);
      await other.leave('two');
      assert.equal((await other.beat('three', 1_000)).relays, 2);
      await context.until(
        'who is silent is not counted',
        async () => (await store.beat('one', LONG_MS)).relays === 1,
      );
    },
  },
];
