import { describe, expect, it } from 'vitest';
import { SIMULATIONS } from '../simulation.ts';
import { bugsOf } from './all-bugs.ts';
import { catchBug } from './catch-bug.ts';

// The simulator's own test: it has to see real mistakes, each within 500 seeds.
describe.each(SIMULATIONS)('a planted bug of the %s is seen', (simulation) => {
  it.each(bugsOf(simulation).map(({ name }) => name))('%s', { timeout: 300_000 }, async (name) => {
    expect(await catchBug(simulation, name, 500)).toBeDefined();
  });
});
