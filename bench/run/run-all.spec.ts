import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CheckError } from '../work/arrivals.ts';
import { rowOf } from './row.ts';
import { runAll } from './run-all.ts';
import { Workspace } from './workspace.ts';

const parent = mkdtempSync(join(tmpdir(), 'tramline-bench-spec-'));
afterAll(() => rmSync(parent, { recursive: true }));

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
  const bench = { rounds: 1, workspace: new Workspace(parent), progress: (line: string) => lines.push(line) };
  const { rows, failed } = await runAll([losing, sound], bench);
  expect(failed).toBe(true);
  expect(rows).toMatchObject([{ name: 'sound', met: false }]);
  expect(lines.join('\n')).toContain('losing FAILED: CheckError: of 10 events 1 lost');
  expect(existsSync(directory)).toBe(false);
});

it('counts an unmet goal as no failure', async () => {
  const slow = { name: 'slow', run: async () => [rowOf('slow', [1], 2, '')] };
  const bench = { rounds: 1, workspace: new Workspace(parent), progress: () => {} };
  expect(await runAll([slow], bench)).toMatchObject({ failed: false, rows: [{ met: false }] });
});
