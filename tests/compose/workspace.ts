import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainEnv } from '../packages/plain-env.ts';
import { run } from '../packages/run.ts';
import { ROOT } from '../sample/support/sample-system.ts';

/** A workspace of somebody's own, in a folder outside of this repository. */
export interface Workspace {
  readonly folder: string;
  remove(): void;
}

/**
 * As `tramline new` makes one on Kafka and PostgreSQL, with a service that was added. Tramline comes from tarballs of this
 * checkout, which lie in the workspace. Nothing is installed but in its image: here is only the lock file that this needs.
 */
export async function createWorkspace(): Promise<Workspace> {
  const parent = mkdtempSync(join(tmpdir(), 'tramline-workspace-'));
  const folder = join(parent, 'shop');
  const remove = () => rmSync(parent, { recursive: true, force: true });
  const env = plainEnv();
  const tramline = (cwd: string, ...args: readonly string[]) =>
    run(process.execPath, [join(ROOT, 'libs', 'cli', 'bin', 'tramline.js'), ...args], { cwd, env });
  try {
    const servers = ['--transport', 'kafka', '--database', 'postgres'];
    await tramline(parent, 'new', 'shop', ...servers, '--no-git', '--no-install');
    await tramline(folder, 'generate', 'service', 'user-points', '--on', 'user.registered');
    await run('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'], { cwd: folder, env });
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
