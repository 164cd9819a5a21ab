import assert from 'node:assert/strict';
import { entries, values } from '../entries.js';
import { refused } from '../refused.js';
import type { StoreCase } from '../suite.js';

/** `check`, `kindOf`, `close`. */
export const checkCases: readonly StoreCase[] = [
  {
    name: 'check: resolves where the tables are those of this code',
    async run(context) {
      const store = await context.open();
      await store.check();
      await store.check();
    },
  },
  {
    name: 'check: refuses a database without tables, or with those of an earlier or later version',
    needs: ['schema'],
    async run(context) {
      for (const state of ['missing', 'older', 'newer'] as const) {
        const store = context.keep(await context.hook('schema').call(context.world, state));
        await refused(store.check(), 'TRAMLINE_OUTBOX_SCHEMA');
      }
    },
  },
  {
    name: 'kind: what is no error of the database is neither conflict nor away',
    async run(context) {
      const store = await context.open();
      for (const error of [new Error('mine'), new TypeError('mine'), 'text', undefined, null, {}]) {
        assert.equal(store.kindOf(error), 'other');
      }
    },
  },
  {
    name: 'kind: while the database is away calls fail as `away`; afterwards they work',
    needs: ['away'],
    async run(context) {
      const store = await context.open();
      await context.insert(store, entries('a', [1]));
      const away = context.hook('away');
      await away.call(context.world, true);
      const failing: readonly (() => Promise<unknown>)[] = [
        () => store.beat('one', 1_000),
        () => store.horizon(),
        () => store.status(),
        () =>
          store.transaction((tx) => store.insert(tx, entries('a', [2]), { ordered: true, delayMs: null })),
      ];
      for (const call of failing) {
        const seen = await context.settled('the call', call()).then(
          () => assert.fail('it worked'),
          (error: unknown) => error,
        );
        assert.equal(store.kindOf(seen), 'away', String(seen));
      }
      await away.call(context.world, false);
      await context.until('the database is back', () =>
        store.horizon().then(
          () => true,
          () => false,
        ),
      );
      assert.deepEqual(values(await context.pending(store)), ['1']);
    },
  },
  {
    name: 'close: may be called again, and before anything was used; other stores go on',
    async run(context) {
      const [store, unused, other] = [await context.open(), await context.open(), await context.open()];
      await context.insert(store, entries('a', [1]));
      await store.close();
      await store.close();
      await unused.close();
      assert.deepEqual(values(await context.pending(other)), ['1']);
    },
  },
];
