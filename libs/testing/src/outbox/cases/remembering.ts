import assert from 'node:assert/strict';
import type { Effect } from '@tramline/core/outbox';
import { numbers } from '../entries.js';
import type { StoreCase } from '../suite.js';

/** One handler's effect of one event. */
export function effect(also: Partial<Effect> & { readonly offset?: number } = {}): Effect {
  const { offset = 5, ...others } = also;
  return {
    group: 'points',
    handlerId: 'award',
    aliases: [],
    eventId: 'event-1',
    origin: { topic: 'suite', partition: 0, offset, timestamp: 1_700_000_000_000 },
    ...others,
  };
}

/** `remember`: an effect is new once. */
export const rememberingCases: readonly StoreCase[] = [
  {
    name: 'remember: new once; groups, handlers and events are told apart',
    async run(context) {
      const store = await context.open();
      const remember = (what: Effect) =>
        context.settled(
          'the transaction',
          store.transaction((tx) => store.remember(tx, what)),
        );
      const different = [
        effect(),
        effect({ group: 'other' }),
        effect({ handlerId: 'other' }),
        effect({ eventId: 'event-2' }),
      ];
      for (const what of different) assert.equal(await remember(what), true);
      for (const what of different) assert.equal(await remember(what), false);
    },
  },
  {
    name: 'remember: forgotten with a rollback',
    async run(context) {
      const store = await context.open();
      const first = await context.begin(store);
      assert.equal(await context.settled('it', store.remember(first.tx, effect())), true);
      await context.settled('the rollback', first.rollback());
      const second = await context.begin(store);
      assert.equal(await context.settled('it', store.remember(second.tx, effect())), true);
      await context.settled('the commit', second.commit());
      const third = await context.begin(store);
      assert.equal(await context.settled('it', store.remember(third.tx, effect())), false);
    },
  },
  {
    name: 'remember: what is known under a former id of the handler is known',
    async run(context) {
      const store = await context.open();
      const remember = (what: Effect) =>
        context.settled(
          'the transaction',
          store.transaction((tx) => store.remember(tx, what)),
        );
      assert.equal(await remember(effect({ handlerId: 'older' })), true);
      const aliases = ['oldest', 'older'];
      assert.equal(await remember(effect({ aliases })), false);
      assert.equal(await remember(effect({ aliases, eventId: 'event-2' })), true);
      assert.equal(await remember(effect({ aliases, group: 'other' })), true);
    },
  },
  {
    name: 'remember: a second transaction with the same effect waits for the first; a commit makes it known, a rollback new',
    async run(context) {
      const [store, other] = [await context.open(), await context.open()];
      for (const end of ['commit', 'rollback'] as const) {
        const what = effect({ eventId: end });
        const first = await context.begin(store);
        assert.equal(await context.settled('the first', store.remember(first.tx, what)), true);
        const second = other.transaction((tx) => other.remember(tx, what));
        assert.equal(await context.ends(store, second), false, 'the second waits');
        await context.settled('the end of the first', first[end]());
        assert.equal(await context.settled('the second', second), end === 'rollback');
      }
    },
  },
  {
    name: 'remember: of many at once exactly one finds it new',
    async run(context) {
      const stores = [await context.open(), await context.open(), await context.open(), await context.open()];
      for (const round of numbers(5)) {
        const what = effect({ eventId: `event-${round}` });
        const all = Promise.all(stores.map((store) => store.transaction((tx) => store.remember(tx, what))));
        const found = await context.settled('all transactions', all);
        assert.equal(found.filter((isNew) => isNew).length, 1);
      }
    },
  },
];
