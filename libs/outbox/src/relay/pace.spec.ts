import { VirtualClock } from '@tramline/testing';
import { expect, it } from 'vitest';
import { Pace } from './pace.js';

/** When pages without rows are read, milliseconds from now. */
async function reads(clock: VirtualClock, pace: Pace, count: number): Promise<number[]> {
  const start = clock.monotonic();
  const times: number[] = [];
  while (times.length < count) {
    await clock.advance(Math.max(0, pace.dueInMs(false)));
    times.push(Math.round(clock.monotonic() - start));
    pace.read(clock.monotonic(), 0, false);
  }
  return times;
}

it('slows down to a second while nothing comes', async () => {
  const clock = new VirtualClock();
  const pace = new Pace(clock);
  pace.read(clock.monotonic(), 1, false);
  expect(await reads(clock, pace, 9)).toEqual([20, 60, 140, 300, 620, 1260, 2260, 3260, 4260]);
});

it('looks soon and often after a write, for a second', async () => {
  const clock = new VirtualClock();
  const pace = new Pace(clock);
  await reads(clock, pace, 10);
  pace.nudge();
  const times = await reads(clock, pace, 60);
  expect(times.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 52, 72]);
  expect(times.at(-1)).toBeGreaterThan(1_500);
});

it('looks again soon for what was written after the page was asked for', () => {
  const clock = new VirtualClock();
  const pace = new Pace(clock);
  pace.nudge();
  pace.read(clock.monotonic() - 2, 1, false);
  expect(pace.dueInMs(false)).toBeLessThan(5);
  pace.read(clock.monotonic(), 1, false);
  expect(pace.dueInMs(false)).toBe(20);
});

it('reads at once what is left of a full page, and leaves gaps under load', async () => {
  const clock = new VirtualClock();
  const pace = new Pace(clock);
  pace.read(clock.monotonic(), 5_000, true);
  expect(pace.dueInMs(false)).toBe(0);
  pace.read(clock.monotonic(), 3, false);
  pace.nudge();
  expect(pace.dueInMs(false)).toBe(4);
  expect(pace.dueInMs(true)).toBe(50);
});
