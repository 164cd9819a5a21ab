import { beforeEach, expect, it } from 'vitest';
import { until } from '../../sample/support/until.ts';
import { describeOnBoth } from '../support/both.ts';
import { Counted } from '../support/world.ts';
import { createEffects, effect, effects, seen, write } from './effects.ts';

describeOnBoth('a handler with once: true that ends its transaction by itself', (world) => {
  beforeEach(() => createEffects(world().database));

  it.each([
    ['COMMIT', 1],
    ['COMMIT; BEGIN', 1],
    ['ROLLBACK', 2],
    ['ROLLBACK; BEGIN', 2],
  ])('by %s: fails with the fix in its message, and has its effect once', async (statements, runsInAll) => {
    let runs = 0;
    const service = await world().handling(
      async ({ n }, { tx, eventId }) => {
        await effect(tx, eventId, n);
        if (++runs > 1) return;
        for (const statement of statements.split('; ')) await write(tx, statement);
      },
      { handler: { retry: { inPlace: 2 } } },
    );
    await service.bus.events.publish(Counted, { key: 'a', n: 1 });
    await until('it is done', () => seen(service, 'done').length === 1);
    const failed = seen(service, 'attempt-failed');
    expect(failed).toMatchObject([{ attempt: 1, error: { code: 'TRAMLINE_TRANSACTION_ENDED' } }]);
    expect(failed[0]!.error.message).toMatch(/Leave (commit and rollback|COMMIT and ROLLBACK) to/);
    expect(seen(service, 'done')).toMatchObject([{ attempt: 2 }]);
    // What it committed by itself is remembered with it; what it rolled back is done by the next attempt.
    expect(runs).toBe(runsInAll);
    expect(await effects(world().database)).toEqual([1]);
    // The connection is of use to others.
    await service.bus.events.publish(Counted, { key: 'a', n: 2 });
    await until('the next is done', () => seen(service, 'done').length === 2);
    expect(await effects(world().database)).toEqual([1, 2]);
  });
});
