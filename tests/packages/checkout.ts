import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** A copy of what git knows or would add, in a folder of its own: what somebody gets who clones the repository. */
export interface Checkout {
  readonly folder: string;
  /** An environment without this workspace's binaries on PATH, so that the machine's own Node runs npm. */
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

export function createCheckout(): Checkout {
  const folder = mkdtempSync(join(tmpdir(), 'tramline-checkout-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const path of listed.toString('utf8').split('\0'))
    if (path !== '' && existsSync(join(root, path))) cpSync(join(root, path), join(folder, path));
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'));
  // What npm tells its scripts would reach the npm of the copy, which is not in this workspace.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV)/i.test(name)),
  );
  return {
    folder,
    env: { ...env, PATH: path.join(delimiter) },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
