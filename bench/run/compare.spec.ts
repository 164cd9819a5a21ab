import { expect, it } from 'vitest';
import { compare, inTurn } from './compare.ts';

/** Sides with the rates that they are to have, and the order in which they were measured. */
function sidesOf(...given: readonly (readonly [name: string, rates: number[]])[]) {
  const order: string[] = [];
  const sides = given.map(([name, rates]) => ({
    name,
    measure: async () => {
      order.push(name);
      return rates.shift()!;
    },
  }));
  return { sides, order };
}

it('alternates, and divides round by round', async () => {
  const { sides, order } = sidesOf(['ours', [1_000, 300, 900]], ['theirs', [100, 100, 300]]);
  const lines: string[] = [];
  const { ratios, rates } = await compare(sides[0]!, sides[1]!, 3, (line) => lines.push(line));
  expect(order).toEqual(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs']);
  expect(ratios).toEqual([10, 3, 3]);
  expect(rates).toBe('ours 900 events/s, theirs 100 events/s');
  expect(lines[0]).toBe('round 1: 1,000 events/s beside 100 events/s');
});

it('puts any two of several beside each other that took turns', async () => {
  const { sides, order } = sidesOf(['a', [10, 20]], ['b', [5, 5]], ['c', [1, 2]]);
  const beside = await inTurn(sides, 2, () => {});
  expect(order).toEqual(['a', 'b', 'c', 'c', 'b', 'a']);
  expect(beside(sides[0]!, sides[2]!)).toEqual({ ratios: [10, 10], rates: 'a 15 events/s, c 2 events/s' });
  expect(beside(sides[1]!, sides[2]!).ratios).toEqual([5, 2.5]);
});
