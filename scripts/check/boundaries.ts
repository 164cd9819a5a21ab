import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { type Checker, type Fault } from './checker.ts';
import { isSpec, lineAt, readSources, type Source } from './sources.ts';

/**
 * Which of our entry points each place may import: imports point one way. A place is a folder; the longest that fits
 * a file decides. `@tramline/core` allows its subpaths too, a subpath allows only itself.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'libs/core': [],
  'libs/nest': ['@tramline/core'],
  'libs/kafka': ['@tramline/core'],
  'libs/embedded': ['@tramline/core'],
  'libs/outbox': ['@tramline/core'],
  'libs/testing': ['@tramline/core'],
  'libs/testing/src/nest': ['@tramline/core', '@tramline/nest'],
  'libs/console': ['@tramline/core/ops'],
  'libs/cli': ['@tramline/core/ops'],
  'libs/create-tramline': ['@tramline/cli'],
  'libs/sample-events': ['@tramline/core', '@tramline/nest'],
  apps: ['@tramline/'],
  tests: ['@tramline/'],
  bench: ['@tramline/'],
  docs: ['@tramline/'],
  scripts: [],
  'scripts/soak': ['@tramline/core', '@tramline/embedded', '@tramline/kafka', '@tramline/outbox'],
  'scripts/simulate': ['@tramline/core', '@tramline/outbox', '@tramline/testing'],
};

/** Foreign packages that only some places may know, so that what they stand for can be exchanged there. */
const onlyImportedBy: Readonly<Record<string, readonly string[]>> = {
  // The benchmarks measure beside it; codecs are registered with it.
  kafkajs: ['libs/kafka', 'bench', 'docs/snippets/codecs.ts'],
  '@platformatic/kafka': ['libs/kafka'],
  '@nestjs/': [
    'libs/nest',
    'libs/testing/src/nest',
    'libs/sample-events',
    'libs/console',
    'apps',
    'tests',
    'bench',
    'docs',
  ],
};

/** The subpaths that each of our packages exports: `@tramline/core` -> `['.', './ops']`. */
export type PublicEntries = ReadonlyMap<string, readonly string[]>;

export const boundaries: Checker = {
  name: 'import boundaries',
  async run({ root }) {
    const entries = readPublicEntries(root);
    return readSources(root).flatMap((source) => findBoundaryFaults(source, entries));
  },
};

/** The imports of one file that a boundary forbids. */
export function findBoundaryFaults({ path, text }: Source, entries: PublicEntries): readonly Fault[] {
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName, pos }) => {
    const message = fileName.startsWith('.')
      ? judgeRelative(path, fileName)
      : judgePackage(path, fileName, entries);
    return message === undefined ? [] : [{ file: path, line: lineAt(text, pos), message }];
  });
}

function judgeRelative(path: string, specifier: string): string | undefined {
  const home = packageOf(path);
  const target = packageOf(posix.join(posix.dirname(path), specifier));
  // Tests, benchmarks, scripts and docs are one household; only what is a package has walls.
  if (home === target || ![home, target].some((folder) => folder.includes('/'))) return undefined;
  return `'${specifier}' leaves ${home} for ${target}; import a lib by its package name, and never an app`;
}

function judgePackage(path: string, specifier: string, entries: PublicEntries): string | undefined {
  const owners = Object.entries(onlyImportedBy).find(([name]) => isWithin(specifier, name))?.[1];
  if (owners !== undefined && !owners.some((owner) => isWithin(path, owner)))
    return `'${specifier}' may be imported only by ${owners.join(', ')}`;
  if (specifier.startsWith('@sample/')) return `'${specifier}' is an app, and an app is known to nobody`;
  const name = /^@tramline\/[^/]+|^create-tramline(?=$|\/)/.exec(specifier)?.[0];
  if (name === undefined) return undefined;

  const subpath = `.${specifier.slice(name.length)}`;
  if (entries.get(name)?.includes(subpath) !== true)
    return `'${specifier}' is not exported by ${name}; import one of its public entry points`;
  const place = placeOf(path);
  const allowed = [
    ...(mayImport[place] ?? []),
    ...(isSpec(path) ? ['@tramline/testing', ownName(path)] : []),
  ];
  if (allowed.some((entry) => isWithin(specifier, entry))) return undefined;
  return `${place} may not import '${specifier}'; it knows ${allowed.join(', ') || 'none of our packages'}`;
}

/** The folder of one package, `libs/core` or `apps/sms`, or the top folder where there are no packages. */
function packageOf(path: string): string {
  const [top = '', name = ''] = path.split('/');
  return top === 'libs' || top === 'apps' ? `${top}/${name}` : top;
}

/** The name by which a spec imports its own package, to meet the classes that @tramline/testing meets. */
const ownName = (path: string): string => packageOf(path).replace('libs/', '@tramline/');

function placeOf(path: string): string {
  const places = Object.keys(mayImport).filter((place) => isWithin(path, place));
  return places.sort((a, b) => b.length - a.length)[0] ?? packageOf(path);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Reads `exports` of every lib. */
function readPublicEntries(root: string): PublicEntries {
  const manifests = globSync('libs/*/package.json', { cwd: root }).map((path) => join(root, path));
  return new Map(
    manifests.map((path) => {
      const { name = dirname(path), exports = {} } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
      return [name, Object.keys(exports)];
    }),
  );
}

interface Manifest {
  readonly name?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}
