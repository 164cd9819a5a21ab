import type { OutboxStore } from '@tramline/core/outbox';
import { expect, it } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.js';
import { DatabaseCore } from './model/core.js';
import { OUTBOX_LOCK, type ModelSession } from './model/session.js';
import { ModelStore } from './model/store.js';
import { holdName } from './model/tables.js';
import { sessionOf, type ModelTransaction } from './model/transaction.js';
import { Wire } from './model/wire.js';
import { outboxStoreConformance } from './index.js';

type Store = OutboxStore<ModelTransaction>;

/** Breaks a database or a store that works: what is returned replaces methods of the store. */
type Breaking = (core: DatabaseCore, whole: ModelStore) => Partial<Store>;

/** Names of the cases that fail on a model store broken in this way. */
async function failing(breaking: Breaking): Promise<string[]> {
  const cases = outboxStoreConformance<ModelTransaction>({
    name: 'broken',
    patienceMs: 6_000,
    keys: 300,
    create: async () => {
      const clock = new VirtualClock();
      const [core, beside] = [0, 1].map(() => new DatabaseCore(clock, 64, 'right')) as [
        DatabaseCore,
        DatabaseCore,
      ];
      const open = (of: DatabaseCore) => new ModelStore(of, new Wire('broken', clock, of));
      return {
        clock,
        open: () => {
          const whole = open(core);
          const broken = breaking(core, whole);
          return new Proxy<Store>(whole, {
            get: (_, name) => {
              const from = name in broken ? broken : whole;
              const value: unknown = Reflect.get(from, name);
              return typeof value === 'function' ? value.bind(from) : value;
            },
          });
        },
        none: async () => {
          const transaction = await open(core).begin();
          await transaction.commit();
          return transaction;
        },
        foreign: (work) => open(beside).transaction(work),
        end: (tx) => tx.commit(),
        savepoints: (tx, work) => tx.behindSavepoint(work),
        schema: (state) => open(new DatabaseCore(clock, 64, state)),
        away: (away) => core.setAway(away),
      };
    },
  });
  const names: string[] = [];
  for (const { name, run } of cases) {
    await run().catch(() => names.push(name));
  }
  return names;
}

/** Every session of the database is changed in this way when it begins. */
function sessions(core: DatabaseCore, change: (session: ModelSession) => void): void {
  const begin = core.begin.bind(core);
  core.begin = () => {
    const session = begin();
    change(session);
    return session;
  };
}

const current = (core: DatabaseCore) => core.tables.leases.map(({ epoch }, bucket) => ({ bucket, epoch }));

it('a store that is whole fails nothing', async () => {
  expect(await failing(() => ({}))).toEqual([]);
});

it('a store whose settle is not fenced', async () => {
  const names = await failing((core, whole) => ({
    settle: (_, rows, keep) => whole.settle(current(core), rows, keep),
  }));
  expect(names).toEqual([
    'fence: settle of an old owner deletes nothing and marks nothing',
    'fence: of several buckets in one call those that are still owned change, and the others do not',
    'fence: also by the epoch alone, when the same owner has lost a bucket and claimed it anew',
  ]);
});

it.each([
  [
    'hold',
    (core: DatabaseCore, whole: ModelStore): Partial<Store> => ({
      hold: (_, ...others) => whole.hold(current(core), ...others),
    }),
  ],
  [
    'lift',
    (core: DatabaseCore, whole: ModelStore): Partial<Store> => ({
      lift: (_, holds) => whole.lift(current(core), holds),
    }),
  ],
  [
    'bury',
    (core: DatabaseCore, whole: ModelStore): Partial<Store> => ({
      bury: (_, ...others) => whole.bury(current(core), ...others),
    }),
  ],
  [
    'release',
    (core: DatabaseCore, whole: ModelStore): Partial<Store> => ({
      release: (leases) =>
        whole.release(current(core).filter(({ bucket }) => leases.some((lease) => lease.bucket === bucket))),
    }),
  ],
] as const)('a store whose %s is not fenced', async (name, breaking) => {
  expect(await failing(breaking)).toContainEqual(expect.stringContaining(`fence: ${name} of an old owner`));
});

it('a store that settles by row id alone', async () => {
  const names = await failing((core, whole) => ({
    settle: (leases, rows, keep) =>
      whole.settle(
        leases,
        rows.map((row) => ({ ...row, id: core.tables.outbox.get(row.rowId)?.id ?? row.id })),
        keep,
      ),
  }));
  expect(names).toEqual(['settle: only the row whose event it is; another one with that row id stays']);
});

it('a store that gives the ids of deleted rows again', async () => {
  const names = await failing((core, whole) => ({
    settle: async (...request) => {
      const count = await whole.settle(...request);
      core.tables.drawn = Math.max(0, ...core.tables.outbox.keys());
      return count;
    },
  }));
  expect(names).toEqual([
    'order: committed ids ascend, also past a rollback, and are never used again, not after a delete',
  ]);
});

it('a store that names other buckets than it wrote in', async () => {
  const names = await failing((_, whole) => ({
    insert: async (...request) => (await whole.insert(...request)).map((bucket) => bucket + 1),
  }));
  expect(names).toEqual(['insert: it returns the buckets of its rows']);
});

it('a store that locks keys after their ids are drawn', async () => {
  const names = await failing((core) => {
    sessions(core, (session) => {
      const insert = session.insert.bind(session);
      session.insert = async (entries, options) => {
        if (options.delayMs !== null) return insert(entries, options);
        await session.lock(OUTBOX_LOCK, 'shared');
        const mine = entries.map((entry) => {
          session.draw(entry, core.now());
          return session.rows.pop()!;
        });
        await insert(entries, options);
        session.rows.splice(-mine.length, mine.length, ...mine);
      };
    });
    return {};
  });
  expect(names).toContain('order: the lock on a key is taken before the first id is drawn');
});

it('a store that locks no keys', async () => {
  const names = await failing((core) => {
    sessions(core, (session) => {
      const lock = session.lock.bind(session);
      session.lock = (name, mode) =>
        name === OUTBOX_LOCK || name.startsWith('inbox') ? lock(name, mode) : Promise.resolve();
    });
    return {};
  });
  expect(names).toEqual(
    expect.arrayContaining([
      'order: a second writer of a key waits until the first transaction ended',
      'order: the lock on a key is taken before the first id is drawn',
      'order: many writers at once, with rollbacks: rows of a key lie in the order of commits',
    ]),
  );
});

it('a store that locks keys in the order in which they are given', async () => {
  const names = await failing((core) => {
    sessions(core, (session) => {
      const insert = session.insert.bind(session);
      session.insert = async (entries, options) => {
        for (const entry of entries) await insert([entry], options);
      };
    });
    return {};
  });
  expect(names).toContain(
    'order: keys are locked in one order, so that two writers of the same keys do not block each other for ever',
  );
});

it('a store whose writers are not seen by the horizon', async () => {
  const names = await failing((_, whole) => ({
    horizon: async () => ({ ...(await whole.horizon()), writers: [] }),
  }));
  expect(names).toEqual([
    'horizon: a row that commits late has an id above `drawn`, or its writer was named and is gone by then',
  ]);
});

it('a store that names every open transaction a writer', async () => {
  const names = await failing((core, whole) => {
    const open = new Set<ModelSession>();
    sessions(core, (session) => open.add(session));
    const writers = () => [...open].filter(({ state }) => state !== 'ended').map(({ name }) => name);
    return { horizon: async () => ({ ...(await whole.horizon()), writers: writers() }) };
  });
  expect(names).toEqual([
    'horizon: a transaction that wrote nothing to the outbox is not named, however long it is open',
  ]);
});

it('a store that uses the names of writers again', async () => {
  const names = await failing((_, whole) => ({
    horizon: async () => {
      const { drawn, writers } = await whole.horizon();
      return { drawn, writers: writers.map((__, index) => `backend-${index}`) };
    },
  }));
  expect(names).toContain('horizon: the name of a writer is not used again');
});

it('a store whose held keys fill the page', async () => {
  const names = await failing((core) => ({
    pending: async (request) => {
      const held = new Map(core.tables.held);
      core.tables.held.clear();
      const page = core.relaying.pending(request);
      for (const [name, hold] of held) core.tables.held.set(name, hold);
      return page.filter((row) => !held.has(holdName(row)));
    },
  }));
  expect(names).toContain('pending: keys on hold do not fill the page, wherever their rows lie');
});

it('a store whose holds end by time alone', async () => {
  const names = await failing((core, whole) => ({
    pending: (request) => {
      for (const [name, { until }] of core.tables.held)
        if (until <= core.now()) core.tables.held.delete(name);
      return whole.pending(request);
    },
  }));
  expect(names).toContain(
    'hold: lasts until it is lifted, also when it is long due; then the key is pending from its first row on',
  );
});

it('a store that holds rows instead of keys', async () => {
  const names = await failing((core) => ({
    pending: async (request) => {
      const held = new Set([...core.tables.held.values()].map(({ rowId }) => rowId));
      const kept = new Map(core.tables.held);
      core.tables.held.clear();
      const page = core.relaying.pending(request).filter(({ rowId }) => !held.has(rowId));
      for (const [name, hold] of kept) core.tables.held.set(name, hold);
      return page;
    },
  }));
  expect(names).toContain(
    'hold: every row of the key waits, also those written later; other keys and the same key of other topics go on',
  );
});

it('a store that lifts whatever hold the key has by then', async () => {
  const names = await failing((_, whole) => ({
    lift: async (leases, holds) => {
      const now = await whole.holds(holds.map(({ bucket }) => bucket));
      await whole.lift(
        leases,
        now.filter(({ rowId }) => holds.some((hold) => hold.rowId === rowId)),
      );
    },
  }));
  expect(names).toEqual(['hold: `lift` ends the hold that it names, and no later one of the same key']);
});

it('a store that counts every failure', async () => {
  const names = await failing((_, whole) => ({
    hold: (leases, rows, forMs) => whole.hold(leases, rows, forMs, 'a failure'),
  }));
  expect(names).toEqual(['hold: attempts of the row go up with a failure of its own, and only then']);
});

it('a store that deletes what it should keep', async () => {
  const names = await failing((_, whole) => ({
    settle: (leases, rows) => whole.settle(leases, rows, false),
  }));
  expect(names).toEqual([
    'settle: with `keep` rows are no longer pending and not dead; `purge` deletes them when old enough, few at a time',
  ]);
});

it('a store whose beat brings back what expired', async () => {
  const names = await failing((core, whole) => ({
    beat: (owner, leaseMs) => {
      for (const lease of core.tables.leases)
        if (lease.owner === owner) lease.expiresAt = core.now() + leaseMs;
      return whole.beat(owner, leaseMs);
    },
  }));
  expect(names).toEqual([
    'lease: one that expired by the time of the database goes to who claims it, and is lost to its owner either way',
  ]);
});

it('a store whose beat prolongs nothing', async () => {
  const names = await failing((core, whole) => ({
    beat: async (owner, leaseMs) => {
      const before = core.tables.leases.map(({ expiresAt }) => expiresAt);
      const beat = await whole.beat(owner, leaseMs);
      core.tables.leases.forEach((lease, bucket) => (lease.expiresAt = before[bucket]!));
      return beat;
    },
  }));
  expect(names).toContain('lease: a beat prolongs what has not expired');
});

it('a store that claims what somebody owns', async () => {
  const names = await failing((core) => {
    const claim = core.leasing.claim.bind(core.leasing);
    core.leasing.claim = (...request) => {
      for (const lease of core.tables.leases) lease.owner = null;
      return claim(...request);
    };
    return {};
  });
  expect(names).toContain('lease: a claim takes at most `count` buckets, and none that somebody owns');
  expect(names).toContain('lease: claims of many at once give every bucket to one of them');
});

it('a store that claims without a new epoch', async () => {
  const names = await failing((core, whole) => ({
    claim: async (...request) => {
      const leases = await whole.claim(...request);
      for (const { bucket } of leases) core.tables.leases[bucket]!.epoch = 1;
      return leases.map(({ bucket }) => ({ bucket, epoch: 1 }));
    },
  }));
  expect(names).toContain('lease: each claim of a bucket has a higher epoch, also by the same owner');
});

it('a store that moves scheduled rows too early', async () => {
  const names = await failing((core, whole) => ({
    promote: (limit) => {
      for (const [id, row] of core.tables.scheduled) core.tables.scheduled.set(id, { ...row, dueAt: 0 });
      return whole.promote(limit);
    },
  }));
  expect(names).toContain(
    'scheduled: not pending and not moved before they are due; `nextInMs` says when that is',
  );
});

it('a store whose promotions take the same rows', async () => {
  const names = await failing((core, whole) => ({
    promote: async (limit) => {
      const before = new Map([...core.tables.scheduled].slice(0, limit));
      const { moved, nextInMs } = await whole.promote(limit);
      if (moved === 0 || moved < before.size || core.tables.scheduled.size % 2 > 0)
        return { moved, nextInMs };
      const session = core.begin();
      for (const { entry, createdAt } of before.values()) session.draw(entry, createdAt);
      session.commit();
      return { moved: moved + before.size, nextInMs };
    },
  }));
  expect(names).toContain('scheduled: several may move them at once, few at a time; each comes once');
});

it('a store whose revived rows keep their ids', async () => {
  const names = await failing((core) => ({
    revive: async (rowIds) => {
      const dead = core.tables.rows.filter(({ rowId, state }) => rowIds.includes(rowId) && state === 'dead');
      for (const row of dead) core.tables.update(row, { state: 'pending', attempts: 0 });
      return dead.length;
    },
  }));
  expect(names).toEqual([
    'dead: revived rows are new ones: behind what waits, with new ids, without attempts',
  ]);
});

it('a store that remembers without waiting', async () => {
  const names = await failing((core) => {
    sessions(core, (session) => {
      const lock = session.lock.bind(session);
      session.lock = (name, mode) => (name.startsWith('inbox') ? Promise.resolve() : lock(name, mode));
    });
    return {};
  });
  expect(names).toEqual([
    'remember: a second transaction with the same effect waits for the first; a commit makes it known, a rollback new',
    'remember: of many at once exactly one finds it new',
  ]);
});

it('a store that knows no former ids', async () => {
  const names = await failing((_, whole) => ({
    remember: (tx, effect) => whole.remember(tx, { ...effect, aliases: [] }),
  }));
  expect(names).toEqual([
    'remember: what is known under a former id of the handler is known',
    'forget: a repeat under a former id raises the position of what is known',
  ]);
});

it('a store that leaves positions where they were', async () => {
  const names = await failing((core, whole) => ({
    remember: async (tx, effect) => {
      const isNew = await whole.remember(tx, effect);
      for (const [name, row] of isNew ? [] : sessionOf(tx).inbox) {
        const before = core.tables.inbox.get(name);
        if (before) sessionOf(tx).inbox.set(name, { ...row, position: before.position });
      }
      return isNew;
    },
  }));
  expect(names).toEqual([
    'forget: a repeat at a higher offset raises the position, one at a lower does not lower it',
    'forget: a repeat under a former id raises the position of what is known',
  ]);
});

it('a store that forgets by age alone', async () => {
  const names = await failing((core, whole) => ({
    forget: (group, _, keepMs, limit) => {
      const everywhere = [...core.tables.inbox.values()].map(({ topic, partition }) => ({
        ...{ topic, partition },
        offset: Infinity,
      }));
      return whole.forget(group, everywhere, keepMs, limit);
    },
  }));
  expect(names).toContain(
    'forget: nothing at or above the committed offset, however old, nor of partitions and topics that are not named',
  );
});

it('a store that forgets by position alone', async () => {
  const names = await failing((_, whole) => ({
    forget: (group, committed, __, limit) => whole.forget(group, committed, -1, limit),
  }));
  expect(names).toContain('forget: nothing that was seen within `keepMs`, whatever was committed');
  expect(names).toContain('forget: a repeat counts as seen now');
});

it('a store that writes without a transaction', async () => {
  const names = await failing((_, whole) => ({
    insert: (tx, entries, options) =>
      sessionOf(tx).state === 'ended'
        ? whole.transaction((other) => whole.insert(other, entries, options))
        : whole.insert(tx, entries, options),
  }));
  expect(names).toEqual([
    'insert: without a transaction it is refused, and nothing is written',
    'insert: a transaction that has ended is refused, and nothing is written',
    'transaction: one that its work committed by itself is not open, and takes no more rows',
  ]);
});

it('a store that wraps what its caller threw', async () => {
  const names = await failing((_, whole) => ({
    transaction: (work) =>
      whole.transaction(work).catch((cause: unknown) => {
        throw new Error('the transaction failed', { cause });
      }),
  }));
  expect(names).toContain('transaction: rolls back when its work rejects, and throws that very thing');
});

it('a store that commits what was to be rolled back', async () => {
  const names = await failing((_, whole) => ({
    transaction: async (work) => {
      const transaction = await whole.begin();
      try {
        return await work(transaction);
      } finally {
        await transaction.commit().catch(() => undefined);
      }
    },
  }));
  expect(names).toContain('insert: nobody sees rows before the commit, and nobody ever after a rollback');
  expect(names).toContain('transaction: rolls back when its work rejects, and throws that very thing');
});

it('a store that knows effects of every handler, and counts those of every partition', async () => {
  const names = await failing((_core, whole) => ({
    known: async (_, __, eventIds) => new Set(eventIds.filter((id) => id !== 'e')),
    effects: (group, ranges) =>
      whole.effects(
        group,
        ranges.map((range) => ({ ...range, to: range.to + 1 })),
      ),
  }));
  expect(names).toEqual([
    'known: those of the events whose effect this handler of this group had; nothing of others',
    'known: nothing that was rolled back',
    'effects: counts those of the group from `from` up to but not including `to`, in the partitions named',
  ]);
});
