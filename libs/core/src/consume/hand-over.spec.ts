import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BatchError, NonRetryableError, type EventContext, type Membership } from '@tramline/core';
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
  expect(
    rig
      .runsOf('a')
      .map(({ n }) => n)
      .toSorted((a, b) => a - b),
  ).toEqual([0, 0, 1]);
});

it('leaves no timer for a batch of which one event could not leave before the partition was lost', async () => {
  const bus = await rig.started([
    {
      id: 'bulk',
      events: [Placed],
      batch: { size: 2, wait: '10ms' },
      run: (events: Placed[]) => {
        const errors = events.map(({ n }) => (n === 0 ? new NonRetryableError('never') : new Error('no')));
        throw new BatchError(new Map(errors.map((error, index) => [index, error])));
      },
    },
  ]);
  rig.broker.failNext('append', {}, { times: Infinity, where: ({ topic }) => topic === 'shop.dead' });
  for (const n of [0, 1]) await bus.events.publish(Placed, { userId: 'u', n }, { partition: 0 });
  await rig.clock.advance('2s');
  let closed = false;
  void bus.close().then(() => (closed = true));
  await rig.clock.runUntil(() => closed, '1m');
  await rig.clock.settle();
  expect(rig.clock.pending).toBe(0);
});

it('still pauses a partition whose window is full while the group is being left', async () => {
  const untilAborted = (_: Placed, { signal }: EventContext) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  const options = { handlers: [rig.handler('a', untilAborted)], consumer: { window: 1 } };
  const bus = rig.bus(options);
  const consume = vi.spyOn(bus.transport, 'consume');
  await bus.start();
  await rig.clock.runUntil(() => bus.health().ready);
  const pause = vi.spyOn(consume.mock.results[0]!.value as Membership, 'pause');
  const publish = (partition: number, n: number) =>
    bus.events.publish(Placed, { userId: `u${n}`, n }, { partition });
  // Of so many partitions the next process takes the first and leaves the last. That takes the drain time.
  rig.broker.grow('order.placed', 30);
  await rig.clock.advance('15s');
  for (const partition of [0, 29]) await publish(partition, 0);
  const other = rig.bus(options);
  await other.start();
  await rig.clock.advance('100ms');
  const stopping = bus.stopConsuming();
  for (const n of [1, 2]) await publish(29, n);
  await rig.clock.advance('100ms');
  expect(pause.mock.calls.flat(2).map(({ partition }) => partition)).toEqual([29]);
  await rig.clock.advance('10s');
  await stopping;
});
