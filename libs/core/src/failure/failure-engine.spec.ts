import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TransportError, type HandlerDefinition } from '@tramline/core';
import { header, Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

/** Tiers take nothing from now on. */
function refuseInTiers(): void {
  const error = new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'too large for this topic');
  rig.broker.failNext(
    'append',
    { error },
    { times: Infinity, where: ({ topic }) => topic!.includes('.retry.') },
  );
}

const failing = (id: string): HandlerDefinition =>
  rig.handler(id, () => Promise.reject(new Error('no')), { retry: { inPlace: 1, delays: ['10s'] } });

const reasons = () =>
  rig.dead().map((letter) => ['handler', 'reason'].map((name) => header(letter, `tramline-${name}`)));

describe('an event that is too large for a tier', () => {
  it('dies instead of waiting there', async () => {
    const bus = await rig.started([failing('a')]);
    refuseInTiers();
    await bus.events.publish(Placed, { userId: 'u', n: 0 });
    await rig.clock.advance('1s');
    expect(reasons()).toEqual([['a', 'too-large']]);
    expect(rig.seen('waiting')).toEqual([]);
    expect(rig.committed()).toContain(1);
  });

  it('dies instead of hopping on', async () => {
    const before = await rig.started([failing('gone')]);
    await before.events.publish(Placed, { userId: 'u', n: 0 });
    await rig.clock.advance('1s');
    await before.close();
    await rig.started([failing('other')]);
    refuseInTiers();
    await rig.clock.advance('1m');
    expect(reasons()).toEqual([['gone', 'too-large']]);
    expect(rig.committed('shop.retry.10s')).toContain(1);
  });
});
