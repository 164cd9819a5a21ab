import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EventContext, Tramline } from '@tramline/core';
import { header, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

async function bury(bus: Tramline, key: string): Promise<void> {
  const target = { topic: 'order.placed', partition: 0 };
  const record = { key: Buffer.from(key), value: null, headers: [] };
  await bus.transport.append(target, [record], { timeoutMs: 1_000 });
}

it('a tombstone reaches the handlers that ask for it as null, with its key, also after a wait; others are passed over', async () => {
  const failTwice = (_: unknown, { key, attempt }: EventContext) => {
    if (key === 'ann' && attempt < 3) throw new Error('not yet');
  };
  const retry = { inPlace: 1, delays: ['10s', '10s'] } as const;
  const bus = await rig.started([
    rig.handler('erase', failTwice, { tombstones: true, retry }),
    rig.handler('charge'),
  ]);
  await bury(bus, 'ann');
  await bus.events.publish('order.placed', { userId: 'bob', n: 1 });
  await rig.clock.runUntil(() => rig.runsOf('erase').length === 4, '1m');
  await rig.clock.advance('1m');
  expect(rig.runsOf('charge').map(({ userId }) => userId)).toEqual(['bob']);
  const erased = rig.runs.filter(({ handler, event }) => handler === 'erase' && event === null);
  expect(erased.map(({ context }) => [context.key, context.attempt])).toEqual([
    ['ann', 1],
    ['ann', 2],
    ['ann', 3],
  ]);
  expect(rig.dead()).toEqual([]);
});

it('a tombstone that nobody asks for is a dead letter that says how to ask', async () => {
  const bus = await rig.started([rig.handler('charge')]);
  await bury(bus, 'ann');
  await rig.clock.runUntil(() => rig.dead().length === 1, '1m');
  expect(rig.runs).toEqual([]);
  expect(header(rig.dead()[0]!, 'tramline-error-message')).toMatch(/tombstones: true/);
});

it('tombstones are refused where they cannot come', async () => {
  const start = (more: object) => rig.started([rig.handler('a', undefined, more)]);
  await expect(start({ tombstones: 'yes' })).rejects.toThrow(/tombstones is "yes"; give true or false/);
  await expect(start({ tombstones: true, batch: { size: 2 } })).rejects.toThrow(/leave out batch/);
});
