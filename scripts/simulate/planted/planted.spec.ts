import { describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from './bugs.ts';
import { catchBug } from './catch-bug.ts';

// The simulator's own test: it has to see real mistakes, each within 500 seeds.
describe('a planted bug is seen', () => {
  it.each(PLANTED_BUGS.map(({ name }) => name))('%s', { timeout: 300_000 }, async (name) => {
    expect(await catchBug(name, 500)).toBeDefined();
  });
});
