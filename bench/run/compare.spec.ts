import { expect, it } from 'vitest';
import { compare } from './compare.ts';

it('alternates, and divides round by round', async () => {
  const order: string[] = [];
  const side = (name: string, rates: number[]) => ({
    name,
    measure: async () => {
      order.push(name);
      return rates.shift()!;
    },
  });
  const lines: string[] = [];
  const ours = side('ours', [1_000, 300, 900]);
  const theirs = side('theirs', [100, 100, 300]);
  const { ratios, rates } = await compare(ours, theirs, 3, (line) => lines.push(line));
  expect(order).toEqual(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs']);
  expect(ratios).toEqual([10, 3, 3]);
  expect(rates).toBe('ours 900 events/s, theirs 100 events/s');
  expect(lines[0]).toBe('round 1: 1,000 events/s beside 100 events/s');
});
