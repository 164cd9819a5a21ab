import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../engine/command.ts';

/** Near what the real image of this Node has. */
const NPM = 'npm@11.16.0';

/** The node that runs this, which is the one of the lock file, and an npm from npm. */
export async function fillNode(context: string): Promise<void> {
  const bin = join(context, 'local', 'bin');
  mkdirSync(bin, { recursive: true });
  cpSync(process.execPath, join(bin, 'node'));
  await run('npm', ['install', '--global', '--prefix', join(context, 'local'), '--ignore-scripts', NPM]);
  cpSync('/etc/ssl/certs/ca-certificates.crt', join(context, 'ca-certificates.crt'));
}
