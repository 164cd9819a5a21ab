import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Row } from '../run/row.ts';
import type { Machine } from './machine.ts';

/** What is kept of one run of `npm run bench -- --store`. */
export interface StoredRun {
  /** When it began, ISO 8601. */
  readonly date: string;
  /** How long it took, seconds. */
  readonly seconds: number;
  readonly machine: Machine;
  /** Without those that were not run. */
  readonly rows: readonly StoredRow[];
}

export interface StoredRow extends Row {
  /** The benchmark that measured it. */
  readonly benchmark: string;
  readonly ratio: number;
  readonly goal: number;
}

/** Where runs are stored in a checkout. */
export const STORED = 'bench/results/last.json';

/** @returns the stored runs, the newest first; none where nothing was ever stored */
export function readRuns(file: string): readonly StoredRun[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StoredRun[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function writeRuns(file: string, runs: readonly StoredRun[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(runs, null, 2)}\n`);
}

/**
 * A run of some benchmarks takes the place of what earlier ones said of the same benchmarks, and of nothing else: every row
 * keeps the date and the machine that it was measured on.
 * @param known - names of all benchmarks there are; rows of others go
 */
export function addRun(
  stored: readonly StoredRun[],
  run: StoredRun,
  known: readonly string[],
): readonly StoredRun[] {
  const measured = new Set(run.rows.map(({ benchmark }) => benchmark));
  const earlier = stored.map((old) => ({
    ...old,
    rows: old.rows.filter(({ benchmark }) => known.includes(benchmark) && !measured.has(benchmark)),
  }));
  return [run, ...earlier].filter(({ rows }) => rows.length > 0);
}
