import { beforeEach, expect, it } from 'vitest';
import { until } from '../../kafka/support/until.ts';
import { type OpsWorld } from '../ops-world.ts';

/** Topics: made, planned, deleted. @param current - the world of the test */
export function topicsCases(current: () => OpsWorld): void {
  let world: OpsWorld;
  beforeEach(() => {
    world = current();
  });

  it('make, list, describe and delete topics', async () => {
    const { topics } = world.ops();
    const wanted = [{ name: 'b', partitions: 2 }, { name: 'a.long', retentionMs: 3_600_000 }, { name: 'c' }];
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
    await topics.create([
      { name: 'order.placed', partitions: 1, maxRecordBytes: 5_000 },
      { name: 'order.kept', partitions: 3, cleanup: 'compact' },
    ]);
    const wanted = {
      contracts: ['order.placed', 'order.sent', 'order.kept'],
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
    const small = `'${full('order.placed')}' takes records of 5000 bytes, needs 1000000.`;
    const compacted = `'${full('order.kept')}' has cleanup 'compact', needs 'delete'.`;
    expect(plan.alter).toEqual([
      { topic: full('order.placed'), settings: { maxRecordBytes: 1_000_000 }, differences: [small] },
    ]);
    expect(plan.differences).toEqual([small, compacted]);
    expect(plan.left).toEqual([compacted]);
    await topics.apply(plan);
    await until('nothing is left to do', async () => {
      const { create, grow, alter } = await topics.plan(wanted);
      return create.length + grow.length + alter.length === 0;
    });
    const { right, left } = await topics.plan(wanted);
    expect([right.length, left]).toEqual([8, [compacted]]);
    expect(await topics.describe(['order.placed'])).toMatchObject([
      { partitions: 3, maxRecordBytes: 1_000_000 },
    ]);
    expect((await topics.list({ all: true })).map(({ kind }) => kind)).toContain('dead-state');
    await expect(
      topics.plan({ contracts: ['a b'], groups: [{ group: 'x.dead' }], topics: { partitions: 0 } }),
    ).rejects.toMatchObject({ code: 'TRAMLINE_CONFIGURATION' });
  });
}
