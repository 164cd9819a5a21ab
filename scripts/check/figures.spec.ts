import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runOf, storedRow } from '../../bench/report/example-run.ts';
import { STORED, writeRuns } from '../../bench/report/stored-runs.ts';
import { figures } from './figures.ts';

const root = mkdtempSync(join(tmpdir(), 'tramline-figures-spec-'));
afterAll(() => rmSync(root, { recursive: true }));

it('names a page and a plot that do not show what is stored, and writes them anew', async () => {
  const page = join(root, 'docs/benchmarks.md');
  mkdirSync(join(root, 'docs'));
  copyFileSync(join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md'), page);
  writeRuns(join(root, STORED), [runOf('2026-11-21', storedRow('publish', [2], 1))]);
  const files = async (update: boolean) => (await figures.run({ root, update })).map(({ file }) => file);

  expect(await files(false)).toEqual(['docs/benchmarks.md', 'bench/results/ratios.svg']);
  expect(await files(true)).toEqual([]);
  expect(await files(false)).toEqual([]);

  writeFileSync(page, readFileSync(page, 'utf8').replace('| 2.00 ', '| 3.00 '));
  expect(await files(false)).toEqual(['docs/benchmarks.md']);
});
