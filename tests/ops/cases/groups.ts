import { beforeEach, expect, it } from 'vitest';
import { until } from '../../kafka/support/until.ts';
import { type OpsWorld } from '../ops-world.ts';

/** Groups: described, and moved. @param current - the world of the test */
export function groupsCases(current: () => OpsWorld): void {
  let world: OpsWorld;
  beforeEach(() => {
    world = current();
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
    expect(await groups.reset('shop', 'latest', { topics: ['order.placed'], partitions: [0] })).toMatchObject(
      {
        moves: [{ partition: 0, from: 0 }],
      },
    );
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
}
