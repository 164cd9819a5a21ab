import { afterEach, beforeEach, expect, it } from 'vitest';
import { Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

it('drains tiers that another version of the service made and left behind', async () => {
  const consumer = { retryTiers: ['10s'] } as const;
  const old = await rig.started([rig.handler('a', () => {}, { retry: { delays: ['10s'] } })], { consumer });
  const failing = rig.handler('a', () => Promise.reject(new Error('no')), {
    retry: { inPlace: 1, delays: ['5s'] },
  });
  const canary = await rig.started([failing], { consumer: { retryTiers: ['5s'] } });
  await rig.clock.advance('1s');
  for (const partition of [0, 1, 2])
    await old.events.publish(Placed, { userId: 'u', n: partition }, { partition });
  await rig.clock.advance('1s');
  const waiting = rig.broker.records('shop.retry.5s').length;
  expect(waiting).toBeGreaterThan(0);
  rig.crash(canary);
  await rig.clock.advance('3m');
  expect(rig.runs).toHaveLength(3 + waiting);
  expect(rig.committed('shop.retry.5s').reduce((sum, offset) => sum + offset, 0)).toBe(waiting);
});
