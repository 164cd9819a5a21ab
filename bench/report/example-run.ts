import { rowOf } from '../run/row.ts';
import type { StoredRow, StoredRun } from './stored-runs.ts';

/** For specs: a stored run of rows that are named after their benchmarks. */
export function runOf(date: string, ...rows: readonly StoredRow[]): StoredRun {
  const machine = { cores: 2, cpu: 'Example CPU', memory: 8, os: 'Linux 6.1', node: 'v26.10.0', load: 0.3 };
  return { date, seconds: 1_000, machine, rows };
}

export function storedRow(
  name: string,
  ratios: readonly number[],
  goal: number,
  points?: StoredRow['points'],
): StoredRow {
  const row = rowOf(name, ratios, goal, '5 events/s beside 1; quietly', points);
  return { ...row, ratio: row.ratio!, goal, benchmark: name };
}
