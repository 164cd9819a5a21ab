import { afterEach, beforeEach, expect, it } from 'vitest';
import { BatchError, sleep } from '@tramline/core';
import { Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig.close());

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
