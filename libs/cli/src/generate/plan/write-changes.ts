import { existsSync, mkdirSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FileChange } from './plan.js';

/** Writes what was planned. Each file is replaced in one step, so that none is ever half-written. */
export function writeChanges(root: string, changes: readonly FileChange[]): void {
  for (const { path, after, before } of changes) {
    const target = join(root, path);
    if (before === undefined) {
      makeFolder(dirname(target));
      writeFileSync(target, after, { flag: 'wx' });
    } else {
      // What is a link stays one.
      const real = realpathSync(target);
      const beside = `${real}.tramline-new`;
      writeFileSync(beside, after, { mode: statSync(real).mode });
      renameSync(beside, real);
    }
  }
}

/** With those above it. One by one: Node's `recursive` never ends where a file system answers ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
