import { expect, it } from 'vitest';
import { drawSchedule } from './scenario/draw-schedule.ts';
import { shrink } from './shrink.ts';
import type { AnyStep, Outcome } from './simulation.ts';

const outcome = (seed: number, broken: boolean): Outcome => ({
  seed,
  violations: broken ? [{ rule: 'two publishes a second apart', text: '' }] : [],
  hash: '',
  trace: [],
});

/** Breaks a rule when there are two publishes and a second passes. */
const breaks = (steps: readonly AnyStep[]) =>
  steps.filter(({ kind }) => kind === 'publish').length >= 2 &&
  steps.reduce((sum, { after }) => sum + after, 0) >= 1_000;

it('leaves what a failure needs, time included, and hardly more', async () => {
  const seed = 3;
  expect(breaks(drawSchedule(seed))).toBe(true);
  const { steps } = await shrink(outcome(seed, true), {
    schedule: drawSchedule,
    run: async (_, some = []) => outcome(seed, breaks(some)),
  });
  expect(breaks(steps)).toBe(true);
  expect(steps.length).toBe(2);
});
