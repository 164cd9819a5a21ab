import { expect, it } from 'vitest';
import { inTurns } from './in-turns.js';

it('maps in order, and never asks too much at once', async () => {
  let under = 0;
  let most = 0;
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  const found = await inTurns(numbers, async (n) => {
    most = Math.max(most, ++under);
    await Promise.resolve();
    under--;
    return n * 2;
  });
  expect(found).toEqual(numbers.map((n) => n * 2));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(100);
  await expect(inTurns([1], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
