import { expect, it } from 'vitest';
import { pauses } from './pauses.ts';

const handling = (writtenAt: number, handledAt: number, partition = 0) => ({
  partition,
  writtenAt,
  handledAt,
});

it('is the time in which events wait and none is handled', () => {
  const quick = [handling(0, 1), handling(10, 12), handling(20, 21)];
  expect(pauses(quick, 0, 100)).toEqual([{ partition: 0, p99: 2, longest: 2 }]);
  // Written at 30 and 40, both handled when somebody is there again.
  const paused = [...quick, handling(30, 80), handling(40, 81)];
  expect(pauses(paused, 0, 100)).toEqual([{ partition: 0, p99: 50, longest: 50 }]);
});

it('does not count that nothing was there to be handled, nor what lies outside', () => {
  expect(pauses([handling(0, 1), handling(1_000, 1_003)], 0, 2_000)).toEqual([
    { partition: 0, p99: 3, longest: 3 },
  ]);
  expect(pauses([handling(0, 90), handling(100, 101)], 95, 200)).toEqual([
    { partition: 0, p99: 1, longest: 1 },
  ]);
});

it('counts one that lasts beyond the stretch, and none that begins behind it', () => {
  const late = [handling(0, 1), handling(40, 900), handling(950, 960)];
  expect(pauses(late, 0, 100)).toEqual([{ partition: 0, p99: 860, longest: 860 }]);
});

it('takes no repeat for a pause', () => {
  expect(pauses([handling(0, 4), handling(50, 4)], 0, 100)).toEqual([{ partition: 0, p99: 4, longest: 4 }]);
});

it('is told for each partition', () => {
  const found = pauses([handling(0, 5, 1), handling(0, 9, 0)], 0, 100);
  expect(found.map(({ partition, longest }) => [partition, longest])).toEqual([
    [0, 9],
    [1, 5],
  ]);
});
