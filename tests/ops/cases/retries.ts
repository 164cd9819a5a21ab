import { beforeEach, expect, it } from 'vitest';
import { until } from '../../kafka/support/until.ts';
import { all, type OpsWorld } from '../ops-world.ts';

/** Retry tiers: what waits, and retired. @param current - the world of the test */
export function retriesCases(current: () => OpsWorld): void {
  let world: OpsWorld;
  beforeEach(() => {
    world = current();
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
    await until('nothing waits', async () => (await retries.list('shop')).every((one) => one.waiting === 0));
    expect((await retries.list('shop')).every(({ nextDue }) => nextDue === null)).toBe(true);
    await world.stop(bus);
    await until('nobody is in', async () => (await world.ops().groups.describe('shop')).members === 0);
    expect(await retries.retire('shop', 3_600_000, { dryRun: true })).toMatchObject({ waiting: 0 });
    await retries.retire('shop', 3_600_000);
    await until('it is gone', async () => (await retries.list('shop')).length === 2);
  });
}
