import { join } from 'node:path';
import type { RunRow } from '../run/run-all.ts';
import type { Machine } from './machine.ts';
import { writePages } from './pages.ts';
import { addRun, readRuns, STORED, writeRuns, type StoredRow } from './stored-runs.ts';

/** What `npm run bench` measured. */
export interface FinishedRun {
  /** When it began. */
  readonly date: Date;
  readonly seconds: number;
  /** As it was before. */
  readonly machine: Machine;
  readonly rows: readonly RunRow[];
}

/**
 * Keeps a run in a checkout, and writes page and plots of what is stored then. Rows that were not run say nothing and are
 * left out.
 * @param known - names of all benchmarks there are
 * @returns what was written, relative to the checkout
 */
export function store(
  root: string,
  { date, rows, ...run }: FinishedRun,
  known: readonly string[],
): readonly string[] {
  const measured = rows.filter((row): row is StoredRow => row.ratio !== null);
  const stored = { date: date.toISOString(), ...run, rows: measured };
  const runs = addRun(readRuns(join(root, STORED)), stored, known);
  writeRuns(join(root, STORED), runs);
  return [STORED, ...writePages(root, runs)];
}
