import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withFigures } from './figures.ts';
import { growthPlot } from './growth-plot.ts';
import { ratiosPlot } from './ratios-plot.ts';
import type { StoredRun } from './stored-runs.ts';

/** An event may cost a fifth more when something grows. */
const GROWTH_ALLOWED = 1.2;

/** A file that is made from the stored runs; `path` is relative to the checkout. */
export interface Made {
  readonly path: string;
  readonly text: string;
}

/**
 * Everything that is made from the stored runs: the page and, once there is something to show, the plots.
 * @param root - of the checkout, from which the page's hand-written part is read
 */
export function pagesOf(root: string, runs: readonly StoredRun[]): readonly Made[] {
  const page = 'docs/benchmarks.md';
  const rows = runs.flatMap((run) => run.rows);
  return [
    { path: page, text: withFigures(readFileSync(join(root, page), 'utf8'), runs) },
    ...(rows.length > 0 ? [{ path: 'bench/results/ratios.svg', text: ratiosPlot(rows) }] : []),
    ...(rows.some(({ points }) => points)
      ? [{ path: 'bench/results/growth.svg', text: growthPlot(rows, GROWTH_ALLOWED) }]
      : []),
  ];
}

/** @returns the paths of what was written, relative to the checkout */
export function writePages(root: string, runs: readonly StoredRun[]): readonly string[] {
  return pagesOf(root, runs).map(({ path, text }) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    return path;
  });
}
