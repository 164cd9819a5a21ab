import { beforeEach, expect, it } from 'vitest';
import { until } from '../../kafka/support/until.ts';
import { range, sorted, type OpsWorld } from '../ops-world.ts';

/** Replays. @param current - the world of the test */
export function replayCases(current: () => OpsWorld): void {
  let world: OpsWorld;
  beforeEach(() => {
    world = current();
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
}
