import assert from 'node:assert/strict';
import { entries, entry, numbers, valueOf, values } from '../entries.js';
import type { StoreCase } from '../suite.js';

const AT_ONCE = { ordered: true, delayMs: null } as const;

/** Ids of one key ascend in the order of commits; one that was committed is never given again. */
export const orderCases: readonly StoreCase[] = [
  {
    name: 'order: a second writer of a key waits until the first transaction ended',
    needs: ['parallel'],
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      for (const end of ['commit', 'rollback'] as const) {
        const first = await context.beginWith(store, entries('a', [`first, ${end}`]));
        const second = await context.begin(other);
        const writing = other.insert(second.tx, entries('a', [`second, ${end}`]), AT_ONCE);
        assert.equal(await context.ends(store, writing), false, 'the second insert waits for the first');
        await context.settled(`the ${end}`, first[end]());
        await context.settled('the second insert', writing);
        await context.settled('the second commit', second.commit());
      }
      assert.deepEqual(values(await context.pending(store)), [
        'first, commit',
        'second, commit',
        'second, rollback',
      ]);
    },
  },
  {
    name: 'order: the lock on a key is taken before the first id is drawn',
    needs: ['parallel'],
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const first = await context.beginWith(store, entries('a', [1]));
      const second = await context.begin(other);
      const { drawn } = await store.horizon();
      // With a free key in front: the lock of every key comes before any id.
      const writing = other.insert(second.tx, [entry('free', '3'), entry('a', '4')], AT_ONCE);
      assert.equal(await context.ends(store, writing), false, 'the second insert waits for the first');
      assert.equal((await store.horizon()).drawn, drawn, 'who waits for a key has drawn no id yet');
      await context.settled('an insert', store.insert(first.tx, entries('a', [2]), AT_ONCE));
      await context.settled('the commit', first.commit());
      await context.settled('the second insert', writing);
      await context.settled('the second commit', second.commit());
      assert.deepEqual(values(await context.pending(store)), ['1', '2', '3', '4']);
    },
  },
  {
    name: 'order: other keys, keys of other topics, events without key and unordered ones do not wait',
    needs: ['parallel'],
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const first = await context.beginWith(store, [...entries('a', ['first']), entry(null, 'first')]);
      await context.insert(other, entries('b', ['other key']));
      await context.insert(other, [entry('a', 'other topic', { topic: 'elsewhere' })]);
      await context.insert(other, [entry(null, 'no key')]);
      await context.insert(other, entries('a', ['unordered']), { ordered: false });
      await context.insert(other, entries('a', ['scheduled']), { delayMs: 3_600_000 });
      await context.settled('the commit', first.commit());
      assert.deepEqual(values(await context.pending(store)).sort(), [
        'first',
        'first',
        'no key',
        'other key',
        'other topic',
        'unordered',
      ]);
    },
  },
  {
    name: 'order: keys are locked in one order, so that two writers of the same keys do not block each other for ever',
    async run(context) {
      const stores = [await context.open(), await context.open(), await context.open()];
      const keys = numbers(12).map((key) => `k${key}`);
      const one = (store: (typeof stores)[number], list: string[]) =>
        context.insert(
          store,
          list.map((key) => entry(key)),
        );
      for (let round = 0; round < 5; round++) {
        await Promise.all([
          one(stores[0]!, keys),
          one(stores[1]!, keys.toReversed()),
          one(stores[2]!, [...keys.slice(6), ...keys.slice(0, 6)]),
        ]);
      }
      assert.equal((await context.pending(stores[0]!)).length, 180);
    },
  },
  {
    name: 'order: many writers at once, with rollbacks: rows of a key lie in the order of commits',
    async run(context) {
      const stores = [await context.open(), await context.open(), await context.open(), await context.open()];
      const keys = ['a', 'b', 'c'];
      const counters = new Map(keys.map((key) => [key, 0]));
      /** Place of each event in the commits of its key, told by a counter that only the holder of the key touches. */
      const places = new Map<string, number>();
      const write = async (store: (typeof stores)[number], index: number) => {
        const key = keys[index % keys.length]!;
        const event = entry(key, String(index));
        const work = async (tx: Parameters<Parameters<typeof store.transaction>[0]>[0]) => {
          await store.insert(tx, [event], AT_ONCE);
          const place = counters.get(key)!;
          // Another one, if there were one in between, would see the same place.
          await store.isOpen(tx);
          if (index % 10 === 3) throw new Error('a deliberate rollback');
          places.set(event.id, place);
          counters.set(key, place + 1);
        };
        await store.transaction(work).catch((error: Error) => {
          if (error.message !== 'a deliberate rollback') throw error;
        });
      };
      const writing = stores.map(async (store, lane) => {
        for (let round = 0; round < 15; round++) await write(store, lane * 15 + round);
      });
      await context.settled('all transactions end', Promise.all(writing));
      const rows = await context.pending(stores[0]!);
      assert.equal(rows.length, 54, 'every committed event is there, and no other');
      for (const key of keys) {
        const mine = rows.filter(({ record }) => Buffer.from(record.key!).toString() === key);
        assert.deepEqual(
          mine.map(({ id }) => places.get(id)),
          numbers(mine.length),
          `rows of key ${key} lie in the order in which their transactions committed`,
        );
      }
    },
  },
  {
    name: 'order: committed ids ascend, also past a rollback, and are never used again, not after a delete',
    async run(context) {
      const store = await context.open();
      const leases = await context.claimAll(store);
      const used = new Set<number>();
      let last = 0;
      for (const round of numbers(4)) {
        const transaction = await context.beginWith(store, entries('a', ['gone', 'gone']));
        await context.settled('the rollback', transaction.rollback());
        await context.insert(store, entries('a', numbers(3, round * 3)));
        const rows = await context.pending(store);
        assert.deepEqual(values(rows), numbers(3, round * 3).map(String));
        for (const { rowId } of rows) {
          assert(rowId > last, `row id ${rowId} is above ${last}`);
          used.add((last = rowId));
        }
        // The highest goes too: AUTO_INCREMENT without memory would give its id again.
        assert.equal(await store.settle(leases, rows, false), 3);
      }
      assert.equal(used.size, 12);
      assert((await store.horizon()).drawn >= last, 'the horizon remembers ids of rows that are gone');
    },
  },
  {
    name: 'order: all rows of a topic and key lie in one bucket; rows without key and other keys are spread',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      await context.insert(store, entries('a', numbers(5)));
      await context.insert(other, entries('a', numbers(5)), { ordered: false });
      await context.insert(
        store,
        numbers(100).map((index) => entry(`key-${index}`, 'keyed')),
      );
      await context.insert(store, entries(null, numbers(100)));
      const rows = await context.pending(store);
      const bucketsOf = (of: (row: (typeof rows)[number]) => boolean) =>
        new Set(rows.filter(of).map(({ bucket }) => bucket)).size;
      assert.equal(
        bucketsOf(({ record }) => record.key !== null && Buffer.from(record.key).toString() === 'a'),
        1,
      );
      assert(bucketsOf((row) => valueOf(row) === 'keyed') > 10, 'keys are spread');
      assert(bucketsOf(({ record }) => record.key === null) > 10, 'rows without key are spread');
    },
  },
];
