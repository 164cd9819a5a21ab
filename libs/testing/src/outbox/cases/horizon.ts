import assert from 'node:assert/strict';
import { entries, numbers } from '../entries.js';
import type { StoreCase } from '../suite.js';

/** `horizon`: what a relay may believe about ids that it does not see. */
export const horizonCases: readonly StoreCase[] = [
  {
    name: 'horizon: a row that commits late has an id above `drawn`, or its writer was named and is gone by then',
    needs: ['parallel'],
    async run(context) {
      const [store, other, relay] = [await context.open(), await context.open(), await context.open()];
      const kinds = [
        ['ordered', 'a', true, 1],
        ['without key', null, true, 1],
        ['unordered', 'a', false, 1],
        ['several', 'a', true, 2],
        ['several without key', null, true, 2],
      ] as const;
      for (const [kind, key, ordered, count] of kinds) {
        const written = [`late, ${kind}`, 'another'].slice(0, count);
        const late = await context.beginWith(store, entries(key, written), { ordered });
        await context.insert(other, entries('other', [`early, ${kind}`]));
        const early = (await context.pending(relay)).at(-1)!;
        const horizon = await relay.horizon();
        assert(horizon.drawn >= early.rowId, 'what is committed is drawn');
        const still = await relay.horizon();
        await context.settled('the late commit', late.commit());
        const after = await relay.horizon();
        const row = (await context.pending(relay)).find(
          ({ record }) => Buffer.from(record.value!).toString() === `late, ${kind}`,
        )!;
        if (row.rowId > horizon.drawn) continue;
        const gone = horizon.writers.filter((name) => !after.writers.includes(name));
        assert.equal(gone.length, 1, `${kind}: the late writer was named, and is not any more`);
        assert(still.writers.includes(gone[0]!), 'a writer keeps its name while it is open');
      }
    },
  },
  {
    name: 'horizon: at rest `drawn` covers every row, and nobody is named',
    async run(context) {
      const store = await context.open();
      assert.deepEqual((await store.horizon()).writers, []);
      const gone = await context.beginWith(store, entries('a', numbers(3)));
      await context.settled('the rollback', gone.rollback());
      await context.insert(store, entries('a', numbers(3)));
      const { drawn, writers } = await store.horizon();
      assert.deepEqual(writers, []);
      assert(drawn >= (await context.pending(store)).at(-1)!.rowId);
    },
  },
  {
    name: 'horizon: a transaction that wrote nothing to the outbox is not named, however long it is open',
    async run(context) {
      const [store, relay] = [await context.open(), await context.open()];
      const unrelated = await context.begin(store);
      assert.deepEqual((await relay.horizon()).writers, []);
      await context.settled('the commit', unrelated.commit());
    },
  },
  {
    name: 'horizon: the name of a writer is not used again',
    needs: ['parallel'],
    async run(context) {
      const [store, relay] = [await context.open(), await context.open()];
      const seen = new Set<string>();
      for (const round of numbers(4)) {
        const writer = await context.beginWith(store, entries('a', [round]));
        const { writers } = await relay.horizon();
        assert(
          writers.every((name) => !seen.has(name)),
          `${writers.join()} were named before, for others`,
        );
        for (const name of writers) seen.add(name);
        await context.settled('the end', round % 2 === 0 ? writer.commit() : writer.rollback());
      }
    },
  },
];
