import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainEnv } from './plain-env.ts';

const root = join(import.meta.dirname, '..', '..');

/** A copy of what git knows or would add, in a folder of its own: what somebody gets who clones the repository. */
export interface Checkout {
  /** It lies alone in another folder, which is removed with all that a test puts beside it. */
  readonly folder: string;
  /** An environment without this workspace's binaries on PATH, so that the machine's own Node runs npm. */
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

export function createCheckout(): Checkout {
  const parent = mkdtempSync(join(tmpdir(), 'tramline-checkout-'));
  const folder = join(parent, 'tramline');
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const path of listed.toString('utf8').split('\0'))
    if (path !== '' && existsSync(join(root, path))) cpSync(join(root, path), join(folder, path));
  return { folder, env: plainEnv(), remove: () => rmSync(parent, { recursive: true, force: true }) };
}
