import assert from 'node:assert/strict';
import { entries, values } from '../entries.js';
import { refused } from '../refused.js';
import type { StoreCase } from '../suite.js';

const AT_ONCE = { ordered: true, delayMs: null } as const;

/** `transaction` and `isOpen`. */
export const transactionCases: readonly StoreCase[] = [
  {
    name: 'transaction: commits when its work resolves, and answers what the work answered',
    async run(context) {
      const store = await context.open();
      const answer = { some: 'thing' };
      const work = store.transaction(async (tx) => {
        await store.insert(tx, entries('a', [1]), AT_ONCE);
        return answer;
      });
      assert.equal(await context.settled('the transaction', work), answer);
      assert.deepEqual(values(await context.pending(store)), ['1']);
    },
  },
  {
    name: 'transaction: rolls back when its work rejects, and throws that very thing',
    async run(context) {
      const store = await context.open();
      for (const thrown of [new TypeError('mine'), 'a text', Object.freeze({ of: 'mine' }), undefined]) {
        const work = store.transaction(async (tx) => {
          await store.insert(tx, entries('a', [1]), AT_ONCE);
          // oxlint-disable-next-line only-throw-error -- whatever a user's code throws comes out as it is
          throw thrown;
        });
        const seen = await context.settled('the transaction', work).then(
          () => assert.fail('it resolved'),
          (error: unknown) => error,
        );
        assert.equal(seen, thrown);
      }
      assert.deepEqual(await context.pending(store), []);
      await context.insert(store, entries('a', [2]));
      assert.deepEqual(values(await context.pending(store)), ['2']);
    },
  },
  {
    name: 'transaction: is open while its work runs, and not any more when it ended',
    async run(context) {
      const store = await context.open();
      for (const end of ['commit', 'rollback'] as const) {
        const transaction = await context.begin(store);
        assert.equal(await store.isOpen(transaction.tx), true);
        await context.settled('the insert', store.insert(transaction.tx, entries('a', [end]), AT_ONCE));
        assert.equal(await store.isOpen(transaction.tx), true);
        await context.settled('the end', transaction[end]());
        assert.equal(await store.isOpen(transaction.tx), false);
      }
      assert.deepEqual(values(await context.pending(store)), ['commit']);
    },
  },
  {
    name: 'transaction: one that its work committed by itself is not open, and takes no more rows',
    needs: ['end'],
    async run(context) {
      const store = await context.open();
      const end = context.hook('end');
      const work = store.transaction(async (tx) => {
        await store.insert(tx, entries('a', [1]), AT_ONCE);
        await end.call(context.world, tx);
        assert.equal(await store.isOpen(tx), false);
        await refused(store.insert(tx, entries('a', [2]), AT_ONCE), 'TRAMLINE_NO_TRANSACTION');
      });
      // Whether the store itself complains is its own affair; what was asserted inside is ours.
      await context.settled('the transaction', work).catch((error: unknown) => {
        if (error instanceof assert.AssertionError) throw error;
      });
      assert.deepEqual(values(await context.pending(store)), ['1']);
    },
  },
  {
    name: 'transaction: two that wait for each other: one of them fails as a conflict, the other goes on',
    needs: ['parallel'],
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const one = await context.beginWith(store, entries('a', ['one']));
      const two = await context.beginWith(other, entries('b', ['two']));
      const cross = [
        store.insert(one.tx, entries('b', ['one']), AT_ONCE),
        other.insert(two.tx, entries('a', ['two']), AT_ONCE),
      ].map((insert, index) =>
        insert.then(
          () => ({ index, error: undefined }),
          (error: unknown) => ({ index, error }),
        ),
      );
      const first = await context.settled('one of them fails', Promise.race(cross));
      assert.equal([store, other][first.index]!.kindOf(first.error), 'conflict', String(first.error));
      await context.settled('its end', [one, two][first.index]!.abandon());
      const second = await context.settled('the other goes on', cross[1 - first.index]!);
      assert.equal(second.error, undefined);
      await context.settled('the commit', [one, two][second.index]!.commit());
      const name = ['one', 'two'][second.index]!;
      assert.deepEqual(values(await context.pending(store)), [name, name]);
    },
  },
];
