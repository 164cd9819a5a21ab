import { afterEach, beforeEach, expect, it } from 'vitest';
import { Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig.close());

it('does not miss the offsets that it committed itself when the note of the start was written without an answer', async () => {
  const note = ({ topic }: { readonly topic?: string }) => topic === 'shop.state';
  // Handlers first, then the start on each topic, then the partitions that were started on: the last one loses its answer.
  const starting = rig.started([rig.handler('a')]);
  await rig.clock.runUntil(
    () => rig.broker.topics.includes('shop.state') && rig.broker.records('shop.state').length === 7,
  );
  rig.broker.failNext('append', { applied: 'now' }, { where: note });
  const bus = await starting;
  await bus.events.publish(Placed, { userId: 'u', n: 1 });
  await rig.clock.advance('1s');
  expect(bus.health().groups).toMatchObject([{ status: 'joined' }]);
  expect(rig.runsOf('a')).toHaveLength(1);
});
