import { describe, expect, it } from 'vitest';
import { loadSimulation } from '../simulation.ts';
import { shrink } from '../shrink.ts';
import { simulate } from './simulate.ts';

describe('the simulation of the outbox', () => {
  it('breaks no rule in the first seeds', { timeout: 300_000 }, async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { violations } = await simulate(seed);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
  });

  it('replays a seed exactly', async () => {
    const [first, second, other] = [await simulate(11), await simulate(11), await simulate(12)];
    expect(first.trace.length).toBeGreaterThan(50);
    expect(second.trace).toEqual(first.trace);
    expect(other.hash).not.toBe(first.hash);
  });

  it('brings events through every kind of step', async () => {
    const simulation = await loadSimulation('outbox');
    const kinds = new Set<string>();
    let appeared = 0;
    for (let seed = 1; seed <= 60; seed++) {
      for (const { kind } of simulation.schedule(seed)) kinds.add(kind);
      const { trace } = await simulation.run(seed);
      appeared += trace.filter((line) => line.includes(' lies in ')).length;
    }
    expect([...kinds].sort()).toEqual([
      'broker-away',
      'conflict',
      'crash',
      'cut-broker',
      'cut-database',
      'database-away',
      'fail-append',
      'fail-statement',
      'jump',
      'partition-away',
      'pause',
      'refuse',
      'revive',
      'rush',
      'slow-statement',
      'start',
      'stop',
      'topic-missing',
      'topic-slow',
      'unrelated',
      'wait',
      'write',
    ]);
    expect(appeared).toBeGreaterThan(60 * 10);
  });

  it('finds the fewest steps of its schedules too', async () => {
    const { schedule } = await loadSimulation('outbox');
    const broken = { seed: 3, violations: [{ rule: 'a write', text: '' }], hash: '', trace: [] };
    const { steps } = await shrink(broken, {
      schedule,
      run: async (_, some = []) => ({
        ...broken,
        violations: some.some(({ kind }) => kind === 'write') ? broken.violations : [],
      }),
    });
    expect(steps.map(({ kind }) => kind)).toEqual(['write']);
  });
});
