import { afterEach, beforeEach, expect, it } from 'vitest';
import { TransportError } from '@tramline/core';
import { Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

it('commits bare offsets, then smaller maps, where the broker takes less metadata than we thought', async () => {
  const slow = Promise.withResolvers<void>();
  const bus = await rig.started([
    rig.handler('a', ({ userId }) => (userId === 'slow' ? slow.promise : undefined)),
  ]);
  const tooLarge = new TransportError('TRAMLINE_METADATA_TOO_LARGE', 'too large');
  rig.broker.failNext('commit', { error: tooLarge });
  const publish = (userId: string, n: number) => bus.events.publish(Placed, { userId, n }, { partition: 0 });
  const committed = () => rig.broker.committed('shop', 'order.placed')[0];
  await publish('slow', 0);
  await publish('quick', 1);
  await rig.clock.advance('600ms');
  expect(committed()).toMatchObject({ offset: 0, metadata: '' });
  // Also when nothing more is done meanwhile.
  await rig.clock.advance('600ms');
  expect(committed()?.metadata).not.toBe('');
  slow.resolve();
  await rig.clock.advance('1s');
  expect(committed()).toMatchObject({ offset: 2, metadata: '' });
});
