import assert from 'node:assert/strict';
import { entries, entry, numbers, values } from '../entries.js';
import { refused } from '../refused.js';
import type { StoreCase } from '../suite.js';

const AT_ONCE = { ordered: true, delayMs: null } as const;
const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'));

/** `insert`: in the caller's transaction or not at all. */
export const insertingCases: readonly StoreCase[] = [
  {
    name: 'insert: rows are pending after the commit, in the order in which they were given',
    async run(context) {
      const store = await context.open();
      await context.insert(store, entries('a', [1, 2, 3]));
      await context.insert(store, [entry('a', '4'), entry('b', '5'), entry(null, '6'), entry('a', '7')]);
      const rows = await context.pending(store);
      assert.deepEqual(values(rows), ['1', '2', '3', '4', '5', '6', '7']);
      assert(
        rows.every(({ attempts }) => attempts === 0),
        'no attempts yet',
      );
    },
  },
  {
    name: 'insert: it returns the buckets of its rows',
    async run(context) {
      const store = await context.open();
      const list = [...entries('a', [1, 2]), entry('b', '3'), entry(null, '4')];
      const returned = store.transaction((tx) => store.insert(tx, list, AT_ONCE));
      const buckets = await context.settled('an insert', returned);
      const rows = await context.pending(store);
      assert.deepEqual(new Set(buckets), new Set(rows.map(({ bucket }) => bucket)));
    },
  },
  {
    name: 'insert: nobody sees rows before the commit, and nobody ever after a rollback',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const first = await context.beginWith(store, entries('a', [1]));
      assert.deepEqual(await context.pending(other), []);
      await context.settled('the rollback', first.rollback());
      const second = await context.beginWith(store, entries('a', [2]));
      assert.deepEqual(await context.pending(other), []);
      await context.settled('the commit', second.commit());
      assert.deepEqual(values(await context.pending(other)), ['2']);
    },
  },
  {
    name: 'insert: a rollback to a savepoint takes back what was written behind it, and nothing else',
    needs: ['savepoints'],
    async run(context) {
      const store = await context.open();
      const savepoints = context.hook('savepoints');
      const transaction = await context.beginWith(store, entries('a', [1]));
      const behind = savepoints.call(context.world, transaction.tx, async () => {
        await store.insert(transaction.tx, entries('a', [2]), AT_ONCE);
      });
      await context.settled('the rollback to the savepoint', behind);
      await context.settled('an insert', store.insert(transaction.tx, entries('a', [3]), AT_ONCE));
      await context.settled('the commit', transaction.commit());
      assert.deepEqual(values(await context.pending(store)), ['1', '3']);
    },
  },
  {
    name: 'insert: what an event holds comes back as it was',
    async run(context) {
      const store = await context.open();
      const all = Uint8Array.from(numbers(256));
      const list = [
        entry('ключ-鍵', 'text', { partition: 3, topic: 'other.topic', type: 'other.type' }),
        entry(null, '', {
          record: {
            key: all,
            value: null,
            headers: [
              ['none', null],
              ['empty', new Uint8Array()],
              ['b', all],
            ],
          },
        }),
        entry(null, '', {
          record: {
            key: new Uint8Array(),
            value: all,
            headers: [
              ['twice', Buffer.from('1')],
              ['__proto__', Buffer.from('2')],
              ['twice', Buffer.from('3')],
            ],
          },
        }),
        entry('quote', `'"\\ \n$1 ? :name; --`, { partition: 0 }),
      ];
      await context.insert(store, list);
      const rows = await context.pending(store);
      const plain = ({ id, type, topic, partition, record }: (typeof list)[number]) => ({
        ...{ id, type, topic, partition },
        key: hex(record.key),
        value: hex(record.value),
        headers: record.headers.map(([name, value]) => [name, hex(value)]),
      });
      assert.deepEqual(rows.map(plain), list.map(plain));
    },
  },
  {
    name: 'insert: a payload of a megabyte',
    async run(context) {
      const store = await context.open();
      await context.insert(store, [entry('a', 'x'.repeat(1_048_576)), entry('a', 'small')]);
      const rows = await context.pending(store);
      assert.deepEqual(
        rows.map(({ record }) => record.value?.byteLength),
        [1_048_576, 5],
      );
    },
  },
  {
    name: 'insert: thousands of keys in one transaction, and others write beside it',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      const many = numbers(context.keys).map((key) => entry(`key-${key}`, String(key)));
      const writing = context.insert(store, many);
      const beside = context.insert(other, entries('key-7', ['beside']));
      await Promise.all([writing, beside]);
      const seen = values(await context.pending(store));
      assert.deepEqual(
        seen.filter((value) => value !== 'beside'),
        numbers(context.keys).map(String),
      );
      assert(seen.includes('beside'), 'the other one is there');
    },
  },
  {
    name: 'insert: without a transaction it is refused, and nothing is written',
    needs: ['none'],
    async run(context) {
      const store = await context.open();
      const none = await context.hook('none').call(context.world);
      await refused(store.insert(none, entries('a', [1]), AT_ONCE), 'TRAMLINE_NO_TRANSACTION');
      await refused(
        store.insert(none, entries('a', [1]), { ordered: false, delayMs: null }),
        'TRAMLINE_NO_TRANSACTION',
      );
      await refused(
        store.insert(none, entries('a', [1]), { ordered: true, delayMs: 1 }),
        'TRAMLINE_NO_TRANSACTION',
      );
      assert.deepEqual(await context.pending(store), []);
      assert.deepEqual((await store.status()).scheduled, 0);
    },
  },
  {
    name: 'insert: a transaction that has ended is refused, and nothing is written',
    async run(context) {
      const store = await context.open();
      const transaction = await context.beginWith(store, entries('a', [1]));
      await context.settled('the commit', transaction.commit());
      await refused(store.insert(transaction.tx, entries('a', [2]), AT_ONCE), 'TRAMLINE_NO_TRANSACTION');
      assert.deepEqual(values(await context.pending(store)), ['1']);
    },
  },
  {
    name: 'insert: a transaction of another database is refused',
    needs: ['foreign'],
    async run(context) {
      const store = await context.open();
      const foreign = context.hook('foreign').call(context.world, async (tx) => {
        await refused(store.insert(tx, entries('a', [1]), AT_ONCE), 'TRAMLINE_NO_TRANSACTION');
      });
      await context.settled('the transaction of the other database', foreign);
      assert.deepEqual(await context.pending(store), []);
    },
  },
];
