import { beforeEach, expect, it } from 'vitest';
import { all, range, sorted, type OpsWorld } from '../ops-world.ts';

/** Events: published, read, followed. @param current - the world of the test */
export function eventsCases(current: () => OpsWorld): void {
  let world: OpsWorld;
  beforeEach(() => {
    world = current();
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
}
