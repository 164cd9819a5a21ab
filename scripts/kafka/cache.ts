import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const COMPLETE = '.complete';

/**
 * A folder outside of the repository that is made once and kept. One without its mark, which is written last and lists what
 * belongs there, was not finished and is made again; two processes that do so at once do not disturb each other.
 * @param make - fills an empty folder, which then moves to its place
 * @throws what `make` rejects with
 */
export async function cachedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (isComplete(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const making = mkdtempSync(`${folder}.`);
  try {
    await make(making);
    writeFileSync(join(making, COMPLETE), readdirSync(making).join('\n'));
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    // Somebody else was faster.
    if (!isComplete(folder)) throw error;
  }
  return folder;
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tramline');
}

function isComplete(folder: string): boolean {
  const mark = join(folder, COMPLETE);
  if (!existsSync(mark)) return false;
  const there = new Set(readdirSync(folder));
  return readFileSync(mark, 'utf8')
    .split('\n')
    .every((name) => there.has(name));
}
