import { expect, it } from 'vitest';
import { FAMILIES, plan } from './plan.ts';

function take(seed: number, count: number) {
  const planned = plan(seed);
  return Array.from({ length: count }, () => {
    const { fault, afterMs, random } = planned.next().value;
    return { fault, afterMs, drawn: random.next() };
  });
}

it('is the same for the same seed, and another for another', () => {
  expect(take(7, 50)).toEqual(take(7, 50));
  expect(take(7, 50)).not.toEqual(take(8, 50));
});

it('has a fault of every family in each round, and every fault after some rounds', () => {
  const size = FAMILIES.length;
  const faults = take(3, 7 * size).map(({ fault }) => fault);
  for (let round = 0; round < 7; round++) {
    const ofRound = faults.slice(round * size, (round + 1) * size);
    expect(FAMILIES.map((family) => ofRound.filter((fault) => family.includes(fault)).length)).toEqual(
      FAMILIES.map(() => 1),
    );
  }
  expect(new Set(faults)).toEqual(new Set(FAMILIES.flat()));
});
