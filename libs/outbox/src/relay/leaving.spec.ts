import type { Beat } from '@tramline/core/outbox';
import { VirtualClock } from '@tramline/testing';
import { expect, it } from 'vitest';
import { Leases } from './leases.js';

it('reads buckets from the beginning that were to leave and stay after all', async () => {
  const clock = new VirtualClock();
  const leases = [0, 1, 2, 3].map((bucket) => ({ bucket, epoch: 1 }));
  let relays = 1;
  const store = {
    beat: (): Promise<Beat> => Promise.resolve({ relays, buckets: 4, leases }),
    claim: () => Promise.resolve([]),
    release: () => Promise.resolve(),
    leave: () => Promise.resolve(),
  };
  let gained = 0;
  const mine = new Leases(store, clock, 'one', 15_000, 5_000, () => gained++);
  await mine.tend();
  expect([mine.reading().length, gained]).toEqual([4, 1]);
  relays = 2;
  await clock.advance('5s');
  await mine.tend();
  await mine.giveBack(() => true); // rows of all of them are in flight
  expect([mine.reading().length, gained]).toEqual([2, 1]);
  relays = 1;
  await clock.advance('5s');
  await mine.tend();
  expect([mine.reading().length, gained]).toEqual([4, 2]);
});
