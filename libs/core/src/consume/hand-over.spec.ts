import { afterEach, beforeEach, expect, it } from 'vitest';
import { Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig.close());

it('begins nothing in a partition that is lost together with the one that gives its place back', async () => {
  let failures = 1;
  const handler = rig.handler(
    'a',
    () => {
      if (failures-- > 0) throw new Error('no');
    },
    { concurrency: 1 },
  );
  const bus = await rig.started([handler]);
  await bus.events.publish(Placed, { userId: 'first', n: 0 }, { partition: 0 });
  await bus.events.publish(Placed, { userId: 'second', n: 1 }, { partition: 1 });
  await rig.clock.settle();
  // The first one waits to be tried again in place and keeps the only place meanwhile.
  expect(rig.runsOf('a').map(({ n }) => n)).toEqual([0]);
  rig.broker.expireSessions('shop');
  await rig.clock.advance('5s');
  expect(rig.runsOf('a').map(({ n }) => n).toSorted()).toEqual([0, 0, 1]);
});
