import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** A TypeScript file of the workspace; `path` is relative to the root and uses `/` everywhere. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const patterns = [
  'libs/*/src/**/*.ts',
  'libs/*/spec-support/**/*.ts',
  'apps/*/src/**/*.ts',
  'tests/**/*.ts',
  'bench/**/*.ts',
  'scripts/**/*.ts',
  'docs/**/*.ts',
];
const notOurs = /(^|\/)(node_modules|dist|fixtures|\.tsbuild)\//;

/** Every source file we wrote, specs included, fixtures of other projects left out. */
export function readSources(root: string): readonly Source[] {
  return globSync(patterns, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !notOurs.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** A spec, or a file that only specs use: it lies in a folder `spec` or `spec-support`. */
export const isSpec = (path: string): boolean => /\.spec\.ts$|\/spec(-support)?\//.test(path);

/** The line, counted from 1, of a position in a text. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}
