import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusal, usageFault } from '../generate/faults.js';
import { type RunProgram } from './run-program.js';

/** Where a project keeps packages that no registry has. */
export const VENDOR = 'vendor';

/** A packed package, by the name of its file within the folder it lies in. */
export interface Tarball {
  readonly name: string;
  readonly file: string;
}

/** The packages of Tramline that a project can depend on. */
const NAMES = ['core', 'nest', 'kafka', 'embedded', 'outbox', 'testing', 'cli'];

/** The checkout that this command runs from; undefined when it was installed. */
export function findCheckout(): string | undefined {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const manifest = join(root, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
  return name === 'tramline-workspace' ? root : undefined;
}

/** Packs the packages of a checkout, as they are built, into a folder that is removed by `remove`. */
export async function packCheckout(
  root: string,
  run: RunProgram,
): Promise<{ readonly folder: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'tramline-packages-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const unbuilt = NAMES.filter((name) => !existsSync(join(root, 'libs', name, 'dist')));
    if (unbuilt.length > 0)
      throw refusal(
        'TRAMLINE_NOT_BUILT',
        `libs/${unbuilt.join(', libs/')} of this checkout are not built: run npm run build there first.`,
      );
    const workspaces = NAMES.flatMap((name) => ['-w', `libs/${name}`]);
    await run('npm', ['pack', '--pack-destination', folder, '--ignore-scripts', ...workspaces], {
      cwd: root,
    });
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The packages that lie packed in a folder. @throws CliError when one of Tramline's is missing */
export function findTarballs(folder: string): readonly Tarball[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const tarballs = NAMES.map((name) => ({
    name: `@tramline/${name}`,
    file: files.find((file) => new RegExp(`^tramline-${name}-\\d.*\\.tgz$`).test(file)) ?? '',
  }));
  const missing = tarballs.filter(({ file }) => file === '').map(({ name }) => name);
  if (missing.length > 0)
    throw usageFault(
      'TRAMLINE_PACKAGES',
      `${folder} has no tarball of ${missing.join(', ')}: fill it with npm pack.`,
    );
  return tarballs;
}

/** Copies tarballs into the project, so that it can be installed wherever it is taken. */
export function copyTarballs(tarballs: readonly Tarball[], from: string, project: string): void {
  const vendor = join(project, VENDOR);
  mkdirSync(vendor, { recursive: true });
  for (const { file } of tarballs) copyFileSync(join(from, file), join(vendor, file));
}
