import { expect, it } from 'vitest';
import { findSteadyRate } from './steady-rate.ts';

/** A machine that is busy in proportion to the rate, and by a fifth without anybody. */
const machine = (most: number) => async (rate: number) => 0.2 + (0.55 * rate) / most;

it.each([3, 40, 130, 900])('finds %s a second, which leave a quarter free', async (most) => {
  const { rate, busy } = await findSteadyRate(0.2, machine(most));
  expect(rate).toBeLessThanOrEqual(most);
  expect(rate).toBeGreaterThan(0.85 * most - 1);
  expect(busy).toBeLessThanOrEqual(0.75);
});

it('never takes a rate that was seen to be too high', async () => {
  const seen: number[] = [];
  const { rate } = await findSteadyRate(0.2, async (tried) => {
    seen.push(tried);
    return tried > 50 ? 0.9 : 0.5;
  });
  expect(Math.max(...seen)).toBeGreaterThan(50);
  expect(rate).toBeLessThanOrEqual(50);
});

it('asks for the least where nothing is left', async () => {
  expect(await findSteadyRate(0.9, async () => 0.95)).toEqual({ rate: 1, busy: 0.9 });
});
