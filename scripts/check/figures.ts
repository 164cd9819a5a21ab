import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pagesOf, writePages } from '../../bench/report/pages.ts';
import { readRuns, STORED } from '../../bench/report/stored-runs.ts';
import type { Checker } from './checker.ts';

/**
 * The figures of the benchmarks' page, and its plots, are those of the stored runs: nobody improves them by hand.
 * `npm run bench -- --store` writes both, `npm run check -- --update` the pages from what is stored.
 */
export const figures: Checker = {
  name: 'figures',
  async run({ root, update }) {
    const runs = readRuns(join(root, STORED));
    if (update) writePages(root, runs);
    return pagesOf(root, runs)
      .filter(({ path, text }) => readIfThere(join(root, path)) !== text)
      .map(({ path }) => ({
        file: path,
        message: `differs from the runs stored in ${STORED}; run npm run check -- --update`,
      }));
  },
};

const readIfThere = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;
