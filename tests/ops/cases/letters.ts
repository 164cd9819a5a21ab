import { beforeEach, expect, it } from 'vitest';
import { until } from '../../kafka/support/until.ts';
import { all, type OpsWorld } from '../ops-world.ts';

/** Dead letters: paged, shown, discarded, redriven. @param current - the world of the test */
export function lettersCases(current: () => OpsWorld): void {
  let world: OpsWorld;
  beforeEach(() => {
    world = current();
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
}
