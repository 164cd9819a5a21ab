import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestProject } from 'vitest/node';
import { run } from './run.ts';

/** One lib as it would be published. */
export interface PackedLib {
  readonly name: string;
  readonly version: string;
  /** Its public entry points, `@tramline/core/ops`. */
  readonly entries: readonly string[];
  /** The path of the tarball; all of them lie in one folder. */
  readonly tarball: string;
  /** What the tarball holds, as paths within the package. */
  readonly files: readonly string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly libs: readonly PackedLib[];
  }
}

const root = join(import.meta.dirname, '..', '..');

/** Packs every lib that is published, once for all specs, into a folder outside the repository. */
export default async function packLibs(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'tramline-packed-'));
  const manifests = globSync('libs/*/package.json', { cwd: root }).sort();
  const libs: PackedLib[] = [];
  for (const path of manifests) {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
    if (manifest.private) continue;
    const printed = await run('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: join(root, dirname(path)),
    });
    libs.push(readPacked(manifest, folder, printed));
  }
  project.provide('libs', libs);
  return () => rmSync(folder, { recursive: true, force: true });
}

function readPacked({ name, version, exports }: Manifest, folder: string, printed: string): PackedLib {
  // npm 12 prints an object by package name, earlier ones a list.
  const [packed] = Object.values(JSON.parse(printed) as Record<string, PackReport>);
  if (!packed) throw new Error(`npm pack said nothing about ${name}`);
  return {
    name,
    version,
    // `./package.json` is exported for tools, and is no module.
    entries: Object.keys(exports)
      .filter((subpath) => !subpath.endsWith('.json'))
      .map((subpath) => join(name, subpath)),
    tarball: join(folder, packed.filename),
    files: packed.files.map(({ path }) => path),
  };
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
