import type { TransportProvider } from '@tramline/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../kafka/support/until.ts';
import { all, OpsWorld, sorted } from './ops-world.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Every operation on one transport. `open` is called for each test, `dispose` after it. */
export function describeOps(
  name: string,
  open: () => Promise<{ provider: TransportProvider; dispose?: () => Promise<void> }>,
): void {
  describe(`operations on ${name}`, () => {
    let world: OpsWorld;
    let dispose: (() => Promise<void>) | undefined;
    beforeEach(async () => {
      const opened = await open();
      dispose = opened.dispose;
      world = new OpsWorld(opened.provider);
    });
    afterEach(async () => {
      await world.close();
      await dispose?.();
    });

    it('make, list, describe and delete topics', async () => {
      const { topics } = world.ops();
      const wanted = [
        { name: 'b', partitions: 2 },
        { name: 'a.long', retentionMs: 3_600_000 },
        { name: 'c' },
      ];
      expect(await topics.create(wanted, { dryRun: true })).toEqual({
        created: ['b', 'a.long', 'c'],
        existing: [],
      });
      expect(await topics.list()).toEqual([]);
      await topics.create(wanted.slice(0, 2));
      expect(await topics.create(wanted)).toEqual({ created: ['c'], existing: ['b', 'a.long'] });
      const listed = await topics.list();
      expect(listed.map((one) => one.name)).toEqual(['a.long', 'b', 'c']);
      expect(listed[1]).toMatchObject({
        fullName: `${world.namespace}.b`,
        kind: 'events',
        group: null,
        partitions: 2,
      });
      expect(listed[0]).toMatchObject({ retentionMs: 3_600_000 });
      expect((await topics.list({ prefix: 'a' })).map((one) => one.name)).toEqual(['a.long']);
      expect(await topics.describe(['b'])).toMatchObject([
        { records: 0, offsets: [{ partition: 0, earliest: 0, end: 0 }, { partition: 1 }] },
      ]);
      await expect(topics.describe(['b', 'x'])).rejects.toMatchObject({ code: 'TRAMLINE_UNKNOWN_TOPIC' });
      await expect(topics.create([{ name: 'a b' }, { name: 'shop.dead' }])).rejects.toMatchObject({
        code: 'TRAMLINE_CONFIGURATION',
        faults: [expect.stringContaining(`'a b'`), expect.stringContaining(`'shop.dead'`)],
      });
      expect(await topics.delete(['b'], { dryRun: true })).toEqual({ deleted: ['b'], records: 0 });
      expect(await topics.delete(['b', 'c'])).toEqual({ deleted: ['b', 'c'], records: 0 });
      await until('they are gone', async () => (await topics.list()).length === 1);
    });

    it('plan what topics lack, and make it so', async () => {
      const { topics } = world.ops();
      await topics.create([{ name: 'order.placed', partitions: 1, maxRecordBytes: 5_000 }]);
      const wanted = {
        contracts: ['order.placed', 'order.sent'],
        groups: [{ group: 'shop', retryTiers: ['1s', '10s'] as const }],
        topics: { partitions: 3 },
      };
      const plan = await topics.plan(wanted);
      const full = (name: string) => `${world.namespace}.${name}`;
      expect(plan.create.map((one) => one.name)).toEqual(
        [
          'order.sent',
          'shop.retry.1s',
          'shop.retry.10s',
          'shop.retry.now',
          'shop.dead',
          'shop.dead.state',
          'shop.state',
        ].map(full),
      );
      expect(plan.grow).toEqual([{ topic: full('order.placed'), from: 1, to: 3 }]);
      expect(plan.differences).toEqual([expect.stringContaining('takes records of 5000 bytes')]);
      await topics.apply(plan);
      await until('nothing is left to do', async () => {
        const { create, grow } = await topics.plan(wanted);
        return create.length === 0 && grow.length === 0;
      });
      const { right } = await topics.plan(wanted);
      expect(right).toHaveLength(7);
      expect((await topics.list({ all: true })).map(({ kind }) => kind)).toContain('dead-state');
      await expect(
        topics.plan({ contracts: ['a b'], groups: [{ group: 'x.dead' }], topics: { partitions: 0 } }),
      ).rejects.toMatchObject({ code: 'TRAMLINE_CONFIGURATION' });
    });

    it('tell how groups stand, and move them while nobody is in', async () => {
      const bus = await world.started([world.handler('see')]);
      const { groups, topics } = world.ops();
      await world.publish(bus, 0, 20);
      await until('all are seen', () => world.runs('see').length === 20);
      await until('all are done', async () => (await groups.describe('shop')).lag === 0);
      expect(await groups.list()).toEqual([{ group: 'shop', members: 1 }]);
      const details = await groups.describe('shop');
      expect(details).toMatchObject({ members: 1, handlers: ['see'], lag: 0 });
      const events = details.positions.filter(({ kind }) => kind === 'events');
      expect(events).toHaveLength(2);
      expect(events.every(({ memberId }) => memberId === details.memberList[0]!.memberId)).toBe(true);
      expect(details.positions.filter(({ kind }) => kind === 'now')).toHaveLength(2);
      await expect(groups.describe('shpo')).rejects.toMatchObject({ code: 'TRAMLINE_UNKNOWN_GROUP' });
      for (const dryRun of [true, false])
        await expect(groups.reset('shop', 'earliest', { dryRun })).rejects.toMatchObject({
          code: 'TRAMLINE_GROUP_ACTIVE',
        });
      await expect(topics.delete(['order.placed'])).rejects.toMatchObject({ code: 'TRAMLINE_OPS_REFUSED' });

      await world.stop(bus);
      await until('nobody is in', async () => (await groups.describe('shop')).members === 0);
      const planned = await groups.reset('shop', 'earliest', { dryRun: true });
      expect(planned).toMatchObject({ repeated: 20, skipped: 0, known: null });
      expect((await groups.describe('shop')).lag).toBe(0);
      expect(await groups.reset('shop', 'earliest')).toEqual(planned);
      expect((await groups.describe('shop')).lag).toBe(20);
      expect(await groups.reset('shop', { time: new Date(Date.now() + 60_000) })).toMatchObject({
        skipped: 20,
      });
      expect(await groups.reset('shop', { ago: '1h' })).toMatchObject({ repeated: 20 });
      expect(
        await groups.reset('shop', 'latest', { topics: ['order.placed'], partitions: [0] }),
      ).toMatchObject({
        moves: [{ partition: 0, from: 0 }],
      });
      const at = (partition: number, offset: number) =>
        groups.reset('shop', { offset }, { topics: ['order.placed'], partitions: [partition] });
      expect(await at(1, 2)).toMatchObject({ moves: [{ partition: 1, from: 0, to: 2 }], skipped: 2 });
      expect(await at(1, 2)).toMatchObject({ moves: [] });
      await expect(at(1, 99)).rejects.toThrow('Offset 99 does not exist');
      await expect(groups.reset('shop', { offset: 1 })).rejects.toThrow('An offset is that of one partition');
      await expect(groups.reset('shop', 'latest', { topics: ['nothing'] })).rejects.toThrow('does not read');
      await expect(groups.reset('shop', { ago: 'soon' as never })).rejects.toThrow('write a duration');

      const again = await world.started([world.handler('see')]);
      await until(
        'what is behind the positions is seen',
        async () => (await groups.describe('shop')).lag === 0,
      );
      const here = (await groups.describe('shop')).positions.find(
        ({ kind, partition }) => kind === 'events' && partition === 1,
      );
      expect(world.runs('see')).toHaveLength(20 + here!.end - 2);
      await world.stop(again);
    });

    it('page through dead letters, show one, discard and redrive', async () => {
      const bus = await world.started([world.failing('charge'), world.handler('see')]);
      const { dead } = world.ops();
      const letters = dead.of('shop');
      await world.publish(bus, 0, 12);
      const listed = await world.letters(letters, 12);
      expect(await dead.groups()).toEqual([{ group: 'shop', records: 12 }]);

      const paged: string[] = [];
      let after: string | undefined;
      do {
        const page = await letters.page({}, { limit: 5, ...(after === undefined ? {} : { after }) });
        paged.push(...page.letters.map(({ id }) => id));
        after = page.next;
      } while (after !== undefined);
      expect(paged).toEqual(listed.map(({ id }) => id));
      expect(await letters.count({ key: 'k1' })).toBe(3);
      expect(await letters.count({ since: new Date(listed[3]!.diedAt + 60_000) })).toBe(0);
      await expect(letters.page({}, { after: 'nonsense' })).rejects.toMatchObject({
        code: 'TRAMLINE_CONFIGURATION',
      });
      await expect(letters.page({}, { limit: 0 })).rejects.toMatchObject({ code: 'TRAMLINE_CONFIGURATION' });

      const shown = await letters.show(listed[0]!.id);
      expect(shown).toMatchObject({
        handlerId: 'charge',
        errorMessage: 'the bank is closed',
        isJson: true,
        json: { id: shown.envelope.key },
      });
      expect(shown.errorStack).toContain('NonRetryableError');
      await expect(letters.show('0000')).rejects.toMatchObject({ code: 'TRAMLINE_UNKNOWN_LETTER' });

      const why = { actor: 'ann', reason: 'test data' };
      expect(await letters.discard({ key: 'k0' }, { ...why, dryRun: true })).toBe(3);
      expect(await letters.discard({ key: 'k0' }, why)).toBe(3);
      expect(await letters.count()).toBe(9);
      expect(await letters.count({}, { all: true })).toBe(12);

      // While the handler still fails: nothing is lost, and what came back too often is refused.
      const still = { actor: 'ann', rate: 1_000, maxRedrives: 1 };
      expect(await letters.redrive({ key: 'k1' }, still)).toMatchObject({ redriven: 3, stopped: false });
      await until('they died again', async () => {
        const found = await all(letters.list({ key: 'k1' }));
        return found.length === 3 && found.every(({ history }) => history.redrives === 1);
      });
      const refused = await letters.redrive({ key: 'k1' }, still);
      expect(refused.redriven).toBe(0);
      expect(refused.refused).toHaveLength(3);

      world.broken = false;
      world.seen.length = 0;
      const ending = new AbortController();
      const stopped = await letters.redrive(
        {},
        { actor: 'ann', rate: 4, signal: ending.signal, onProgress: () => ending.abort() },
      );
      expect(stopped).toMatchObject({ redriven: 4, stopped: true });
      expect(await letters.count()).toBe(5);
      const progress: number[] = [];
      const onProgress = ({ redriven }: { readonly redriven: number }) => progress.push(redriven);
      expect(await letters.redrive({}, { actor: 'ann', rate: 1_000, onProgress })).toMatchObject({
        redriven: 5,
      });
      expect(progress).toEqual([5]);
      await until('all are handled', () => world.runs('charge').length === 9);
      expect(world.runs('see')).toEqual([]);
      expect(await letters.count()).toBe(0);
    });

    it('erase the dead letters of a key, and no others', async () => {
      const bus = await world.started([world.failing('charge')]);
      const letters = world.ops().dead.of('shop');
      await world.publish(bus, 0, 20);
      const before = await world.letters(letters, 20);
      const [first] = before.filter(({ envelope }) => envelope.key === 'k2');
      expect(await letters.erase('k2', { dryRun: true })).toMatchObject({ erased: 4 });
      expect(await letters.count()).toBe(20);
      expect(await letters.erase('k2')).toMatchObject({ erased: 4, stopped: false });
      await until('they are gone', async () => (await letters.count({ key: 'k2' }, { all: true })) === 0);
      const kept = await all(letters.list());
      expect(kept.map(({ id }) => id).sort()).toEqual(
        before
          .filter(({ envelope }) => envelope.key !== 'k2')
          .map(({ id }) => id)
          .sort(),
      );
      const times = new Map(before.map(({ id, diedAt }) => [id, diedAt]));
      expect(kept.every(({ id, diedAt }) => times.get(id) === diedAt)).toBe(true);
      await expect(letters.show(first!.id)).rejects.toMatchObject({ code: 'TRAMLINE_UNKNOWN_LETTER' });
      expect(await letters.erase('k2')).toMatchObject({ erased: 0, kept: 0 });
      world.broken = false;
      world.seen.length = 0;
      expect(await letters.redrive({}, { actor: 'ann', rate: 1_000 })).toMatchObject({ redriven: 16 });
      await until('the others are handled', () => world.runs('charge').length === 16);
      expect(sorted(world.runs('charge'))).toEqual(range(0, 20).filter((n) => n % 5 !== 2));
    });

    it('tell what waits in retry tiers, and retire those that are empty', async () => {
      let closed = true;
      const charge = {
        ...world.handler('charge', () => {
          if (closed) throw new Error('the bank is closed');
        }),
        retry: { inPlace: 1, delays: ['3s', '3s', '3s', '3s', '3s'] },
      } as const;
      const bus = await world.started([charge], { consumer: { retryTiers: ['3s', '1h'] } });
      const { retries } = world.ops();
      await world.publish(bus, 0, 4);
      await until('they wait', async () => (await all(retries.waiting('shop'))).length === 4);
      const [waiting] = await all(retries.waiting('shop', { handlerId: 'charge', key: 'k1' }));
      expect(waiting).toMatchObject({
        handlerId: 'charge',
        errorMessage: 'the bank is closed',
        tier: `${world.namespace}.shop.retry.3s`,
      });
      expect(waiting!.envelope.key).toBe('k1');
      expect(waiting!.history.attempts).toBeGreaterThan(0);
      const tiers = await retries.list('shop');
      expect(tiers.map(({ delayMs }) => delayMs)).toEqual([null, 3_000, 3_600_000]);
      expect(await retries.list()).toHaveLength(3);
      await expect(retries.list('shpo')).rejects.toMatchObject({ code: 'TRAMLINE_UNKNOWN_GROUP' });
      await expect(retries.retire('shop', 3_600_000)).rejects.toMatchObject({ code: 'TRAMLINE_OPS_REFUSED' });
      await expect(retries.retire('shop', 60_000)).rejects.toThrow('It has 3s, 1h');
      closed = false;
      await until('nothing waits', async () =>
        (await retries.list('shop')).every((one) => one.waiting === 0),
      );
      expect((await retries.list('shop')).every(({ nextDue }) => nextDue === null)).toBe(true);
      await world.stop(bus);
      await until('nobody is in', async () => (await world.ops().groups.describe('shop')).members === 0);
      expect(await retries.retire('shop', 3_600_000, { dryRun: true })).toMatchObject({ waiting: 0 });
      await retries.retire('shop', 3_600_000);
      await until('it is gone', async () => (await retries.list('shop')).length === 2);
    });

    it('publish, read and follow events', async () => {
      const { topics, events } = world.ops();
      await expect(events.publish('order.placed', { id: 'a', n: 0 })).rejects.toMatchObject({
        code: 'TRAMLINE_UNKNOWN_TOPIC',
      });
      await topics.create([{ name: 'order.placed', partitions: 2 }]);
      expect(await events.check('order.placed', { id: 'a', n: 0 })).toMatchObject({
        topic: `${world.namespace}.order.placed`,
        key: 'a',
        checked: true,
      });
      expect(await topics.describe(['order.placed'])).toMatchObject([{ records: 0 }]);
      for (const n of range(0, 10)) await events.publish('order.placed', { id: `k${n % 5}`, n });
      await topics.create([{ name: 'plain', partitions: 1 }]);
      expect(await events.publish('plain', 'any', { key: 'x' })).toMatchObject({ checked: false, offset: 0 });
      const read = await all(events.read({ topics: ['order.placed'], key: 'k1' }));
      expect(read.map(({ json }) => json)).toEqual([1, 6].map((n) => ({ id: 'k1', n })));
      expect(await all(events.read({ topics: ['order.placed'], type: 'other' }))).toEqual([]);
      expect(await all(events.read({ topics: ['order.placed', 'plain'] }))).toHaveLength(11);
      await expect(all(events.read({ topics: ['none'] }))).rejects.toMatchObject({
        code: 'TRAMLINE_UNKNOWN_TOPIC',
      });

      for (const [from, expected] of [
        [undefined, [10, 11]],
        ['earliest', range(0, 12)],
        [new Date(Date.now() - 3_600_000), range(0, 12)],
      ] as const) {
        if (from !== undefined) expect(expected).toHaveLength(12);
        const ending = new AbortController();
        const found: number[] = [];
        const ready = Promise.withResolvers<void>();
        const following = (async () => {
          const tail = events.tail(
            { topics: ['order.placed'], ...(from === undefined ? {} : { from }) },
            { signal: ending.signal, onReady: ready.resolve },
          );
          for await (const { json } of tail) {
            found.push((json as { n: number }).n);
            if (found.length === expected.length) ending.abort();
          }
        })();
        await ready.promise;
        if (from === undefined)
          for (const n of [10, 11]) await events.publish('order.placed', { id: `k${n % 5}`, n });
        await following;
        expect(sorted(found)).toEqual(expected);
      }
      for await (const { json } of events.tail({ topics: ['order.placed'], from: 'earliest' })) {
        expect(json).toBeDefined();
        break;
      }
    });

    it('replay a range to one handler and to no other', async () => {
      const bus = await world.started([world.handler('see'), world.handler('charge')]);
      const { events } = world.ops();
      await world.publish(bus, 0, 10);
      await until('all are seen', () => world.seen.length === 20);
      world.seen.length = 0;
      const wanted = { group: 'shop', handlerId: 'charge', type: 'order.placed' };
      expect(await events.replay({ ...wanted, dryRun: true })).toMatchObject({ replayed: 10, known: null });
      const ending = new AbortController();
      const part = await events.replay({
        ...wanted,
        rate: 4,
        signal: ending.signal,
        onProgress: () => ending.abort(),
      });
      expect(part).toMatchObject({ replayed: 4, stopped: true });
      const rest = await events.replay({ ...wanted, resume: part });
      expect(rest).toMatchObject({ id: part.id, replayed: 6, stopped: false, refused: [] });
      await until('all come again', () => world.runs('charge').length === 10);
      expect(sorted(world.runs('charge'))).toEqual(range(0, 10));
      expect(world.runs('see')).toEqual([]);
      expect(new Set(world.seen.map(({ context }) => context.replay?.id))).toEqual(new Set([part.id]));
      expect(world.seen[0]!.context).toMatchObject({
        attempt: 1,
        origin: { topic: `${world.namespace}.order.placed` },
      });

      expect(await events.replay({ ...wanted, key: 'k3' })).toMatchObject({ replayed: 2 });
      await until('those of the key come again', () => world.runs('charge').length === 12);
      expect(await events.replay({ ...wanted, from: new Date(Date.now() + 60_000) })).toMatchObject({
        replayed: 0,
      });
      await expect(events.replay({ ...wanted, handlerId: 'chrage' })).rejects.toMatchObject({
        code: 'TRAMLINE_UNKNOWN_HANDLER',
        known: ['charge', 'see'],
      });
      await expect(events.replay({ ...wanted, group: 'shpo' })).rejects.toMatchObject({
        code: 'TRAMLINE_UNKNOWN_GROUP',
      });
      await expect(events.replay({ ...wanted, rate: 0 })).rejects.toThrow('more than 0');
    });

    it('keep letters of a replay apart from those of before', async () => {
      const bus = await world.started([world.failing('charge')]);
      const { events, dead } = world.ops();
      const letters = dead.of('shop');
      await world.publish(bus, 0, 1);
      await world.letters(letters, 1);
      world.broken = false;
      await letters.redrive({}, { actor: 'ann' });
      await until('it is handled', () => world.runs('charge').length === 2);
      world.broken = true;
      await events.replay({ group: 'shop', handlerId: 'charge', type: 'order.placed' });
      const [again] = await world.letters(letters, 1);
      expect(again).toMatchObject({ state: undefined, history: { redrives: 0, attempts: 1 } });
      world.broken = false;
      expect(await letters.redrive({}, { actor: 'ann' })).toMatchObject({ redriven: 1 });
      await until('it is handled', () => world.runs('charge').length === 4);
    });
  });
}
