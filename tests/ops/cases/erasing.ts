import { beforeEach, expect, it } from 'vitest';
import { until } from '../../kafka/support/until.ts';
import { all, range, sorted, type OpsWorld } from '../ops-world.ts';

/** Dead letters: erased. @param current - the world of the test */
export function erasingCases(current: () => OpsWorld): void {
  let world: OpsWorld;
  beforeEach(() => {
    world = current();
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
}
