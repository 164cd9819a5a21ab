import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { NotRunError, type Bench } from './benchmark.ts';
import { gateOf, type Gate } from './gate.ts';
import { rowOf } from './run/row.ts';
import { Workspace } from './run/workspace.ts';
import { CheckError } from './work/arrivals.ts';

const parent = mkdtempSync(join(tmpdir(), 'tramline-gate-spec-'));
afterAll(() => rmSync(parent, { recursive: true }));

const never = () => Promise.reject(new NotRunError('There is none.'));
const bench: Bench = {
  rounds: 5,
  full: false,
  workspace: new Workspace(parent),
  brokers: never,
  postgres: never,
  progress: () => {},
};

/** A gate whose rounds are those of one attempt after the other. */
function gate(usual: number, ...attempts: number[][]): Gate & { readonly left: number[][] } {
  const benchmark = {
    name: 'gate-example',
    run: async ({ rounds }: Bench) => {
      const ratios = attempts.shift()!;
      expect(ratios).toHaveLength(rounds);
      return [rowOf('gate-example', ratios, 0, '5 events/s beside 1')];
    },
  };
  return { benchmark, usual, left: attempts };
}
const throwing = (error: Error): Gate => ({
  benchmark: { name: 'gate-example', run: () => Promise.reject(error) },
  usual: 10,
});

it('passes what noise takes from a ratio, and rounds that stray', async () => {
  const { passed, lines } = await gateOf([gate(10, [4, 3.5, 12]), gate(10, [1, 10, 10])], bench);
  expect(passed).toBe(true);
  expect(lines).toEqual([
    'passed  gate-example: 4 (5 events/s beside 1), at least 3.16',
    'passed  gate-example: 10 (5 events/s beside 1), at least 3.16',
  ]);
});

it('catches a tenfold slip, however fast one round was', async () => {
  const { passed, lines } = await gateOf([gate(10, [1, 1, 9], [0.9, 1.1, 1]), gate(1, [1, 1, 1])], bench);
  expect(passed).toBe(false);
  expect(lines.map((line) => line.slice(0, 6))).toEqual(['FAILED', 'passed']);
});

it('tries once more what was below, and not what was not', async () => {
  const busy = gate(10, [2, 2, 2], [8, 8, 8]);
  const quiet = gate(10, [8, 8, 8], [9, 9, 9]);
  expect(await gateOf([busy, quiet], bench)).toMatchObject({ passed: true });
  expect([busy.left.length, quiet.left.length]).toEqual([0, 1]);
});

it('is not passed by a wrong result or by nothing at all', async () => {
  const wrong = await gateOf([throwing(new CheckError('of 10 events 1 lost'))], bench);
  expect(wrong).toEqual({ passed: false, lines: [expect.stringContaining('its own check failed')] });
  const nothing = await gateOf([throwing(new NotRunError('There is no Kafka.'))], bench);
  expect(nothing).toEqual({ passed: false, lines: [expect.stringContaining('There is no Kafka.')] });
});
