import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BatchError, sleep } from '@tramline/core';
import { header, Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

const once = { retry: { inPlace: 1, delays: [] } };

describe('what a handler throws', () => {
  it.each([
    ['a text', 'out of stock', 'out of stock'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 7, '7'],
    ['an object', { code: 'E42' }, '{"code":"E42"}'],
    ['a frozen object', Object.freeze({ no: 1 }), '{"no":1}'],
    ['a symbol', Symbol('odd'), 'Symbol(odd)'],
  ])('may be no error but %s', async (_, thrown, message) => {
    const bus = await rig.started([
      rig.handler(
        'now',
        () => {
          // oxlint-disable-next-line only-throw-error -- what is tried here
          throw thrown;
        },
        once,
      ),
      rig.handler(
        'later',
        // oxlint-disable-next-line prefer-promise-reject-errors -- what is tried here
        () => Promise.reject(thrown),
        once,
      ),
    ]);
    await bus.events.publish(Placed, { userId: 'u', n: 0 });
    await rig.clock.advance('1s');
    expect(rig.dead().map((letter) => header(letter, 'tramline-error-message'))).toEqual([message, message]);
    expect(rig.committed()).toContain(1);
  });
});

describe('what a handler returns', () => {
  it.each([
    [
      'whose then throws',
      {
        // oxlint-disable-next-line no-thenable -- what is tried here
        then: () => {
          throw new Error('bad thenable');
        },
      },
    ],
    [
      'whose then cannot be read',
      {
        // oxlint-disable-next-line no-thenable -- what is tried here
        get then() {
          throw new Error('bad thenable');
        },
      },
    ],
  ])('may be a thenable %s: the attempt failed and its key goes on', async (_, thenable) => {
    const bus = await rig.started([rig.handler('a', () => thenable, once)]);
    await bus.events.publish(Placed, { userId: 'u', n: 0 });
    await bus.events.publish(Placed, { userId: 'u', n: 1 });
    await rig.clock.advance('1s');
    expect(rig.runsOf('a').map(({ n }) => n)).toEqual([0, 1]);
    expect(rig.dead().map((letter) => header(letter, 'tramline-error-message'))).toEqual([
      'bad thenable',
      'bad thenable',
    ]);
  });

  it.each([
    ['success', (end: PromiseWithResolvers<void>) => end.resolve()],
    ['failure', (end: PromiseWithResolvers<void>) => end.reject(new Error('too late'))],
  ])('is ignored when the partition was lost meanwhile: %s', async (_, end) => {
    const first = Promise.withResolvers<void>();
    const bus = await rig.started([
      rig.handler('a', () => (rig.runs.length === 1 ? first.promise : undefined), once),
    ]);
    await bus.events.publish(Placed, { userId: 'u', n: 0 });
    await rig.clock.advance('100ms');
    rig.broker.expireSessions('shop');
    await rig.clock.runUntil(() => rig.runs.length === 2, '1m');
    expect(rig.runs[0]!.context.signal.aborted).toBe(true);
    await rig.clock.advance('1s');
    const doneBefore = rig.seen('done').length;
    end(first);
    await rig.clock.advance('1s');
    expect(rig.seen('done')).toHaveLength(doneBefore);
    expect(rig.seen('attempt-failed')).toEqual([]);
    expect(rig.dead()).toEqual([]);
    expect(rig.committed()).toContain(1);
  });
});

describe('a timeout', () => {
  it('believes a batch that says within the grace which events failed: the others are done', async () => {
    const seen: number[][] = [];
    const bus = await rig.started([
      {
        id: 'bulk',
        events: [Placed],
        batch: { size: 2, wait: '10ms' },
        timeout: '1s',
        retry: { delays: [] },
        run: async (events: Placed[]) => {
          seen.push(events.map(({ n }) => n));
          if (seen.length > 1) return;
          await sleep(rig.clock, 1_500);
          throw new BatchError(new Map([[1, new Error('no')]]));
        },
      },
    ]);
    await bus.events.publishAll([
      [Placed, { userId: 'u', n: 1 }],
      [Placed, { userId: 'u', n: 2 }],
    ]);
    await rig.clock.advance('10s');
    expect(seen).toEqual([[1, 2], [2]]);
  });
});
