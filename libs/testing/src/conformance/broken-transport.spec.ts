import type { ConsumeListener, Membership, TopicAdmin, Transport, TransportProvider } from '@tramline/core';
import { expect, it } from 'vitest';
import { memory } from '../memory/memory.js';
import type { MemoryTransport } from '../memory/transport.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { transportConformance } from './index.js';

/** Breaks a transport that works: what is returned replaces its methods. */
type Breaking = (whole: Transport) => Partial<Transport>;

/** Puts another listener or membership in between. */
function consuming(
  listen: (listener: ConsumeListener) => Partial<ConsumeListener>,
  belong: (membership: Membership) => Partial<Membership> = () => ({}),
): Breaking {
  return (whole) => ({
    consume: (options, listener) => {
      const between = delegate(listener, listen(listener));
      const membership = whole.consume(options, between);
      return delegate(membership, belong(membership));
    },
  });
}

/** An object like `whole`, but for the given methods. */
function delegate<T extends object>(whole: T, instead: Partial<T>): T {
  return new Proxy(whole, {
    get: (_, name) => {
      const value: unknown = Reflect.get(name in instead ? instead : whole, name);
      return typeof value === 'function' ? value.bind(name in instead ? instead : whole) : value;
    },
  });
}

/** Names of the cases that fail on a memory transport broken in this way. */
async function failing(breaking: Breaking): Promise<string[]> {
  const originals = new Map<Transport, MemoryTransport>();
  const cases = transportConformance({
    name: 'broken',
    patienceMs: 10_000,
    records: 6_000,
    create: async () => {
      const whole = memory();
      const open: TransportProvider['open'] = (environment) => {
        const original = whole.open(environment);
        const broken = delegate<Transport>(original, breaking(original));
        originals.set(broken, original);
        return broken;
      };
      return {
        provider: { name: 'broken', open },
        clock: new VirtualClock(),
        crash: (transport) => originals.get(transport)!.crash(),
        setAway: (away) => whole.broker.setAway(away),
      };
    },
  });
  const names: string[] = [];
  for (const { name, run } of cases) {
    await run().catch(() => names.push(name));
  }
  return names;
}

it('a transport that is whole fails nothing', async () => {
  expect(await failing(() => ({}))).toEqual([]);
});

const LOAD =
  'load: three members, of which one leaves and one is killed, get every record; only what the killed one had not committed comes twice';

it('a transport that drops every 1,000th record', async () => {
  let count = 0;
  const names = await failing((whole) => ({
    append: async (target, records, options) => {
      const kept = records.filter(() => ++count % 1_000 !== 0);
      return kept.length > 0 ? whole.append(target, kept, options) : { baseOffset: 0, timestamp: 0 };
    },
  }));
  expect(names).toContain('read: gives a range from `from` up to but not including `to`, in order');
  expect(names).toContain(
    'pause: from within `records` it holds back what was fetched already, and nothing is skipped',
  );
  expect(names).toContain(LOAD);
});

it('a transport that hears nothing after its first heartbeat', async () => {
  const names = await failing(
    consuming(
      () => ({}),
      () => ({ heardAt: () => 1 }),
    ),
  );
  expect(names).toEqual([
    'hearing: a member tells when it heard from the broker, again and again, also while everything is paused',
  ]);
});

it('a transport that forgets the last header', async () => {
  const names = await failing((whole) => ({
    append: (target, records, options) =>
      whole.append(
        target,
        records.map((record) => ({ ...record, headers: record.headers.slice(0, -1) })),
        options,
      ),
  }));
  expect(names).toEqual([
    'values: headers keep null, empty and binary values',
    'values: headers keep their order and their repeats',
    'values: header names may be unicode, long, or names that JavaScript objects treat specially',
  ]);
});

it('a transport that forgets headers without a value', async () => {
  const names = await failing((whole) => ({
    append: (target, records, options) =>
      whole.append(
        target,
        records.map((record) => ({
          ...record,
          headers: record.headers.filter(([, value]) => value !== null),
        })),
        options,
      ),
  }));
  expect(names).toEqual([
    'values: headers keep null, empty and binary values',
    'values: headers keep their order and their repeats',
  ]);
});

it('a transport that keeps headers in an object', async () => {
  const names = await failing((whole) => ({
    append: (target, records, options) =>
      whole.append(
        target,
        records.map((record) => ({ ...record, headers: Object.entries(Object.fromEntries(record.headers)) })),
        options,
      ),
  }));
  expect(names).toContain('values: headers keep their order and their repeats');
});

it('a transport that finds the first of several headers', async () => {
  const names = await failing((whole) => ({
    async *read(range) {
      for await (const records of whole.read(range)) {
        yield records.map((record) => ({
          ...record,
          header: (name: string) => record.headers.find((header) => header[0] === name)?.[1] ?? undefined,
        }));
      }
    },
  }));
  expect(names).toEqual(['values: headers keep their order and their repeats']);
});

it('a transport that makes null values empty', async () => {
  const names = await failing((whole) => ({
    append: (target, records, options) =>
      whole.append(
        target,
        records.map((record) => ({ ...record, value: record.value ?? new Uint8Array() })),
        options,
      ),
  }));
  expect(names).toEqual(['values: keys and values that are null, empty or binary come back as they were']);
});

it('a transport that accepts stale commits', async () => {
  const members = new Map<string, Set<Membership>>();
  const names = await failing((whole) => ({
    consume: (options, listener) => {
      const membership = whole.consume(options, listener);
      const all = members.get(options.group) ?? new Set();
      members.set(options.group, all.add(membership));
      const commit: Membership['commit'] = async (entries) => {
        // What the broker refuses from this member it takes from the owner.
        for (const entry of entries) {
          for (const member of [membership, ...all]) {
            const stored = await member.commit([entry]).then(
              () => true,
              () => false,
            );
            if (stored) break;
          }
        }
      };
      return delegate(membership, { commit });
    },
  }));
  expect(names).toContain(
    'commit: of a partition that went to another member is refused as stale, all or none',
  );
  expect(names).toContain(
    'take-over: `revoked` that does not resolve holds others up only for a while; its late commit is stale',
  );
});

it('a transport that swallows the refusal of a stale commit', async () => {
  const names = await failing(
    consuming(
      () => ({}),
      (whole) => ({ commit: (entries) => whole.commit(entries).catch(() => undefined) }),
    ),
  );
  expect(names).toContain(
    'commit: of a partition that went to another member is refused as stale, all or none',
  );
  expect(names).toContain('commit: of a member that has left is refused, and nothing is stored');
  expect(names).toContain('away: a commit fails as away and may be tried again');
});

it('a transport that commits by halves', async () => {
  const names = await failing(
    consuming(
      () => ({}),
      (whole) => ({
        commit: async (entries) => {
          for (const entry of entries) await whole.commit([entry]);
        },
      }),
    ),
  );
  expect(names).toEqual([
    'commit: 4,096 bytes of metadata are kept; one more is refused and nothing of that commit is stored',
    'commit: of a partition that went to another member is refused as stale, all or none',
  ]);
});

it('a transport that commits early, what was delivered instead of what was done', async () => {
  const names = await failing((whole) => ({
    consume: (options, listener) => {
      const between = delegate(listener, {
        records: async (batch) => {
          if (!options.broadcast) {
            await membership
              .commit([{ ...batch, offset: batch.nextOffset, metadata: '' }])
              .catch(() => undefined);
          }
          await listener.records(batch);
        },
      });
      const membership = whole.consume(options, between);
      return membership;
    },
  }));
  expect(names).toContain('take-over: after a crash another gets all partitions, from the last commit');
  expect(names).toContain(LOAD);
});

it('a transport that gives partitions away without waiting for `revoked`', async () => {
  const names = await failing(
    consuming((whole) => ({
      revoked: async (partitions) => {
        void whole.revoked(partitions).catch(() => undefined);
      },
    })),
  );
  expect(names).toContain('take-over: a partition goes to another member only after `revoked` resolved');
  expect(names).toContain('commit: works inside `assigned` and, until it resolves, inside `revoked`');
});

it('a transport that starts at the earliest, whatever it is told', async () => {
  const names = await failing(
    consuming((whole) => ({
      assigned: async (partitions) => {
        await whole.assigned(partitions);
        return partitions.map((partition) => ({ ...partition, offset: partition.earliest }));
      },
    })),
  );
  expect(names).toContain(
    'membership: delivery begins at the offset that `assigned` returned, after it resolved',
  );
  expect(names).toContain(
    'broadcast: every member gets every partition, starts where it says, and remembers nothing',
  );
  expect(names).toContain(
    'groups: reset sets positions by force; the next member starts there, with empty metadata',
  );
});

it('a transport that does not pause', async () => {
  const names = await failing(
    consuming(
      () => ({}),
      () => ({ pause: () => undefined }),
    ),
  );
  expect(names).toEqual([
    'pause: nothing comes while paused, other partitions flow, and nothing is skipped afterwards',
    'pause: from within `records` it holds back what was fetched already, and nothing is skipped',
    'broadcast: pauses and resumes like any member',
  ]);
});

it('a transport that goes on before the last batch is done with', async () => {
  const names = await failing(
    consuming((whole) => ({
      records: (batch) => {
        void whole.records(batch);
      },
    })),
  );
  expect(names).toEqual([
    'pause: a batch that is still under way holds its own partition back and no other',
    LOAD,
  ]);
});

it('a transport that delivers twice', async () => {
  const names = await failing(
    consuming((whole) => ({
      records: async (batch) => {
        await whole.records(batch);
        await whole.records(batch);
      },
    })),
  );
  expect(names).toContain(
    'membership: a member alone gets all partitions of all its topics, and each in order',
  );
});

it('a transport that resets a group under its members', async () => {
  const names = await failing((whole) => ({
    groups: delegate(whole.groups, { reset: () => Promise.resolve() }),
  }));
  expect(names).toEqual([
    'groups: reset sets positions by force; the next member starts there, with empty metadata',
    'groups: reset moves what it names, forwards and backwards, and leaves other partitions and groups',
    'groups: reset is refused while the group has members, before anything changed',
    'retention: a member whose position is gone is told so and gets nothing there; other partitions flow',
  ]);
});

it('a transport that works on after close', async () => {
  const names = await failing(() => ({ close: () => Promise.resolve() }));
  expect(names).toEqual([
    'close: may be called again and before anything was used; later calls are refused as closed',
    'close: of a transport revokes what its members hold, lets them commit, and leaves their groups',
  ]);
});

it('a transport that keeps what is past its retention', async () => {
  const names = await failing((whole) => ({
    topics: delegate(whole.topics, {
      create: (specs) => whole.topics.create(specs.map((spec) => ({ ...spec, retentionMs: null }))),
      describe: async (topics) =>
        (await whole.topics.describe(topics)).map((topic) =>
          topic.name.endsWith('.short') ? { ...topic, retentionMs: 3_600_000 } : topic,
        ),
    }),
  }));
  expect(names).toEqual([
    'retention: what is older than its topic keeps goes, from the front; offsets are never given again',
    'retention: a member whose position is gone is told so and gets nothing there; other partitions flow',
  ]);
});

it('a transport that calls an append written that waits in vain', async () => {
  const names = await failing((whole) => ({
    append: (target, records, options) =>
      whole.append(target, records, options).catch((error: { code?: unknown }) => {
        if (error.code !== 'TRAMLINE_AWAY') throw error;
        return { baseOffset: 0, timestamp: 0 };
      }),
  }));
  expect(names).toEqual([
    'away: an append that waited in vain says so, and its outcome is true; the next one works',
  ]);
});

it('a transport that sends again what it was not told about, and so writes twice', async () => {
  const names = await failing((whole) => ({
    append: async (target, records, options) => {
      const [sent] = await Promise.allSettled([1, 2].map(() => whole.append(target, records, options)));
      if (sent!.status === 'rejected') throw sent!.reason;
      return sent!.value;
    },
  }));
  expect(names).toContain(
    'away: an append waits for the broker and is written once, also by a transport opened meanwhile',
  );
  expect(names).toContain('publish: offsets of a partition are consecutive, over batches and callers');
});

it('a transport that gives a member up when the broker goes away', async () => {
  const names = await failing(
    consuming((whole) => ({
      status: (status) => whole.status(status.kind === 'away' ? { ...status, kind: 'failed' } : status),
    })),
  );
  expect(names).toEqual([
    'away: a member says `away`, keeps trying, and goes on where it was once the broker is back',
  ]);
});

it.each([
  ['nothing', () => Promise.resolve()],
  [
    'what is not named, too',
    (whole: Transport, ...[topic, settings]: Parameters<TopicAdmin['alter']>) =>
      whole.topics.alter(topic, { retentionMs: 1, maxRecordBytes: 1, ...settings }),
  ],
])('a transport that alters %s', async (_, alter) => {
  const names = await failing((whole) => ({
    topics: delegate(whole.topics, { alter: (topic, settings) => alter(whole, topic, settings) }),
  }));
  expect(names).toEqual(['topics: altering changes the settings that are named, and keeps records']);
});

it.each([
  ['nothing', () => Promise.resolve()],
  [
    'one record too many',
    (whole: Transport, ...[positions]: Parameters<TopicAdmin['deleteBefore']>) =>
      whole.topics.deleteBefore(positions.map((one) => ({ ...one, offset: one.offset + 1 }))),
  ],
])('a transport that deletes %s before an offset', async (_, deleteBefore) => {
  const names = await failing((whole) => ({
    topics: delegate(whole.topics, { deleteBefore: (positions) => deleteBefore(whole, positions) }),
  }));
  expect(names).toEqual([
    'topics: records before an offset are deleted, of the partitions named alone; their offsets are never given again',
  ]);
});
