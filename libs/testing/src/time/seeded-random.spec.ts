import { expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.js';

const draw = (seed: number) => {
  const random = new SeededRandom(seed);
  return Array.from({ length: 1_000 }, () => random.next());
};

it('repeats with the seed and differs between neighbours', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(draw(7)).not.toEqual(draw(7 + 2 ** 32));
});

it('stays in [0, 1) and is spread evenly', () => {
  const numbers = Array.from({ length: 100 }, (_, seed) => draw(seed)).flat();
  expect(Math.min(...numbers.slice(0, 1_000))).toBeGreaterThanOrEqual(0);
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length / numbers.length;
    expect(share).toBeCloseTo(0.1, 2);
  }
});

it('gives as many bytes as asked for', () => {
  const bytes = new SeededRandom(1).bytes(4_096);
  expect(bytes).toHaveLength(4_096);
  expect(new Set(bytes).size).toBeGreaterThan(250);
});
