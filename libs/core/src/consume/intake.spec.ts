import { afterEach, beforeEach, expect, it } from 'vitest';
import { header, Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig.close());

it('waits for an unknown handler no longer than it should when the clock is set back', async () => {
  const consumer = { unknownHandlerWait: '10m' } as const;
  const failing = rig.handler('gone', () => Promise.reject(new Error('no')), { retry: { delays: ['10s'] } });
  const before = await rig.started([failing], { consumer });
  await before.events.publish(Placed, { userId: 'u', n: 1 });
  await rig.clock.advance('2s');
  await before.close();
  await rig.started([rig.handler('other')], { consumer });
  await rig.clock.advance('5m');
  rig.clock.jump(-3_600_000);
  await rig.clock.advance('15m');
  expect(
    rig.dead().map((letter) => [header(letter, 'tramline-handler'), header(letter, 'tramline-reason')]),
  ).toEqual([['gone', 'handler-unknown']]);
});
