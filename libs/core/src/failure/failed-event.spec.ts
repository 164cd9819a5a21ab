import { afterEach, beforeEach, expect, it } from 'vitest';
import { header, Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

it.each([
  ['an object', { code: 5 }, '{"code":5}'],
  ['a number', 42, '42'],
  ['undefined', undefined, 'undefined'],
  ['no primitive at all', Object.create(null) as object, '{}'],
])(
  'an error whose message is %s waits, dies and lets go of its offset as any other',
  async (_, message, text) => {
    const error = Object.assign(new Error('x'), { message, stack: message });
    const fail = () => {
      throw error;
    };
    const bus = await rig.started([rig.handler('a', fail, { retry: { inPlace: 1, delays: ['10s'] } })]);
    await bus.events.publish(Placed, { userId: 'u', n: 0 });
    await rig.clock.advance('1s');
    expect(rig.committed()).toContain(1);
    await rig.clock.advance('15s');
    expect(rig.dead().map((letter) => header(letter, 'tramline-error-message'))).toEqual([text]);
    expect(rig.committed('shop.retry.10s')).toContain(1);
  },
);
