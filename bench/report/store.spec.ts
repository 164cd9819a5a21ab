import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rowNotRun } from '../run/row.ts';
import { runOf, storedRow } from './example-run.ts';
import { store } from './store.ts';
import { readRuns } from './stored-runs.ts';

const root = mkdtempSync(join(tmpdir(), 'tramline-store-spec-'));
afterAll(() => rmSync(root, { recursive: true }));

it('keeps what was measured, beside what an earlier run knows of the rest, and shows both', () => {
  mkdirSync(join(root, 'docs'));
  const page = join(root, 'docs', 'benchmarks.md');
  const [, begin, end] = /(<!-- figures: npm.*-->)[^]*(<!-- figures: to here -->)/.exec(
    readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md'), 'utf8'),
  )!;
  writeFileSync(page, `${begin}\n${end}\n`);
  const { seconds, machine } = runOf('');
  const run = (day: number, ...rows: Parameters<typeof store>[1]['rows']) =>
    store(root, { date: new Date(Date.UTC(2026, 10, day)), seconds, machine, rows }, ['publish', 'consume']);

  run(20, storedRow('publish', [2], 1), storedRow('consume', [3], 1));
  const written = run(21, storedRow('publish', [4], 1), {
    ...rowNotRun('consume', 'no'),
    benchmark: 'consume',
  });

  expect(written).toEqual(['bench/results/last.json', 'docs/benchmarks.md', 'bench/results/ratios.svg']);
  const runs = readRuns(join(root, 'bench/results/last.json'));
  expect(
    runs.map(({ date, rows }) => [date.slice(0, 10), rows.map(({ name, ratio }) => [name, ratio])]),
  ).toEqual([
    ['2026-11-21', [['publish', 4]]],
    ['2026-11-20', [['consume', 3]]],
  ]);
  const text = readFileSync(page, 'utf8');
  expect(text).toMatch(/\| `publish` +\| 4\.00/);
  expect(text).toMatch(/\| `consume` +\| 3\.00/);
});
