import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reportApi } from './api-report.ts';
import { type Checker, type CheckContext, type Fault } from './checker.ts';

/** One public entry point: where its types are built and where its report lies, both relative to the root. */
interface Entry {
  readonly specifier: string;
  readonly folder: string;
  readonly types: string;
  readonly report: string;
}

/**
 * The public API of every published package lies in the repository as text, one report per entry point, so that a
 * change of it is seen in review. `npm run check -- --update` writes the reports anew. Needs the build.
 */
export const publicApi: Checker = {
  name: 'public API',
  async run(context) {
    const entries = readEntries(context.root);
    return [
      ...entries.flatMap((entry) => compareReport(entry, context)),
      ...findStaleReports(entries, context),
    ];
  },
};

function compareReport(entry: Entry, { root, update }: CheckContext): readonly Fault[] {
  const types = join(root, entry.types);
  if (!existsSync(types))
    return [{ file: entry.types, message: `${entry.specifier} is not built; run npm run build` }];
  const actual = frame(entry.specifier, reportApi(types, join(root, entry.folder)));
  const path = join(root, entry.report);
  const known = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (known === actual) return [];
  if (update) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return [];
  }
  const message = `the public API of ${entry.specifier} changed; if that is meant, run npm run check -- --update and name it in CHANGELOG.md`;
  return [{ file: entry.report, message: `${message}\n${describeChange(known, actual)}` }];
}

function findStaleReports(entries: readonly Entry[], { root, update }: CheckContext): readonly Fault[] {
  const known = new Set(entries.map(({ report }) => report));
  const stale = globSync('libs/*/api/*', { cwd: root }).filter((path) => !known.has(path));
  if (update) for (const path of stale) rmSync(join(root, path));
  return update
    ? []
    : stale.map((file) => ({ file, message: 'belongs to no entry point; run npm run check -- --update' }));
}

function frame(specifier: string, report: string): string {
  return `# Public API of ${specifier}\n\nWritten by \`npm run check -- --update\`.\n\n\`\`\`ts\n${report}\`\`\`\n`;
}

/** The lines that left and came, in the order of the files; enough to see what changed. */
function describeChange(known: string, actual: string): string {
  const [before, after] = [known.split('\n'), actual.split('\n')];
  const left = before
    .filter((line) => line.trim() !== '' && !after.includes(line))
    .map((line) => `  - ${line}`);
  const came = after
    .filter((line) => line.trim() !== '' && !before.includes(line))
    .map((line) => `  + ${line}`);
  return [...left, ...came].slice(0, 40).join('\n') || '  (the order of lines changed)';
}

/** The entry points of every lib that is published, from `exports` in its package.json. */
function readEntries(root: string): readonly Entry[] {
  return globSync('libs/*/package.json', { cwd: root })
    .sort()
    .flatMap((path) => {
      const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
      if (manifest.private) return [];
      const folder = dirname(path);
      return Object.entries(manifest.exports ?? {}).flatMap(([subpath, { types }]) => {
        if (types === undefined) return [];
        const name = subpath === '.' ? 'index' : subpath.slice(2).replaceAll('/', '.');
        const specifier = join(manifest.name, subpath);
        return [
          { specifier, folder, types: join(folder, types), report: join(folder, 'api', `${name}.api.md`) },
        ];
      });
    });
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, { readonly types?: string }>>;
}
