import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { NotRunError, type Bench } from '../benchmark.ts';
import { CheckError } from '../work/arrivals.ts';
import { rowOf } from './row.ts';
import { runAll } from './run-all.ts';
import { Workspace } from './workspace.ts';

const parent = mkdtempSync(join(tmpdir(), 'tramline-bench-spec-'));
afterAll(() => rmSync(parent, { recursive: true }));

const benchOf = (progress: (line: string) => void) => ({
  rounds: 1,
  full: false,
  workspace: new Workspace(parent),
  brokers: () => Promise.reject(new NotRunError('There is no Kafka to use.')),
  postgres: () => Promise.reject(new NotRunError('There is no PostgreSQL to use.')),
  progress,
});

it('goes on after a benchmark whose check failed, says so, and cleans up behind it', async () => {
  const lines: string[] = [];
  let directory = '';
  const losing = {
    name: 'losing',
    async run({ workspace }: { workspace: Workspace }) {
      directory = workspace.directory();
      expect(existsSync(directory)).toBe(true);
      throw new CheckError('of 10 events 1 lost');
    },
  };
  const sound = { name: 'sound', run: async () => [rowOf('sound', [1], 2, '')] };
  const bench = benchOf((line) => lines.push(line));
  const { rows, failed } = await runAll([losing, sound], bench);
  expect(failed).toBe(true);
  expect(rows).toMatchObject([{ name: 'sound', benchmark: 'sound', met: false }]);
  expect(lines.join('\n')).toContain('losing FAILED: CheckError: of 10 events 1 lost');
  expect(existsSync(directory)).toBe(false);
});

it('counts an unmet goal as no failure', async () => {
  const slow = { name: 'slow', run: async () => [rowOf('slow', [1], 2, '')] };
  expect(
    await runAll(
      [slow],
      benchOf(() => {}),
    ),
  ).toMatchObject({ failed: false, rows: [{ met: false }] });
});

it('says of a benchmark that cannot be run what is missing, which is no failure', async () => {
  const needy = { name: 'needy', run: async ({ brokers }: Bench) => [rowOf(await brokers(), [1], 1, '')] };
  expect(
    await runAll(
      [needy],
      benchOf(() => {}),
    ),
  ).toMatchObject({
    failed: false,
    rows: [
      { name: 'needy', ratio: null, goal: null, met: false, measured: 'not run: There is no Kafka to use.' },
    ],
  });
});
