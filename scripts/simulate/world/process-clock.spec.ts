import { VirtualClock } from '@tramline/testing';
import { expect, it } from 'vitest';
import { ProcessClock } from './process-clock.ts';

it('fires what became due while it was frozen when it thaws, in order, and keeps what was cancelled meanwhile', async () => {
  const world = new VirtualClock();
  const clock = new ProcessClock(world, 0);
  const fired: string[] = [];
  clock.setTimer(20, () => fired.push(`second at ${clock.monotonic()}`));
  clock.setTimer(10, () => fired.push(`first at ${clock.monotonic()}`));
  const cancelled = clock.setTimer(15, () => fired.push('never'));
  clock.setTimer(200, () => fired.push(`later at ${clock.monotonic()}`));
  clock.freeze();
  await world.advance(100);
  expect([fired, clock.pending]).toEqual([[], 4]);
  cancelled.cancel();
  clock.thaw();
  await world.settle();
  expect(fired).toEqual(['first at 100', 'second at 100']);
  await world.advance(100);
  expect([fired.at(-1), clock.pending]).toEqual(['later at 200', 0]);
});

it('ends with all its timers, and is off by its skew', async () => {
  const world = new VirtualClock(1_000_000);
  const clock = new ProcessClock(world, -300);
  expect(clock.now()).toBe(999_700);
  const fired: number[] = [];
  clock.setTimer(10, () => fired.push(1));
  clock.end();
  clock.setTimer(10, () => fired.push(2));
  await world.advance(100);
  expect([fired, world.pending]).toEqual([[], 0]);
});
