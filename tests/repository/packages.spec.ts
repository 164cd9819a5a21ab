import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readManifest = (path: string) => JSON.parse(read(path)) as Record<string, unknown>;
const published = globSync('libs/*/package.json', { cwd: root }).filter(
  (path) => !readManifest(path)['private'],
);

describe.each(published)('%s', (path) => {
  const manifest = readManifest(path);

  it('has the version of the workspace and asks for the other packages of that very version', () => {
    const { version } = readManifest('package.json');
    expect(manifest['version']).toBe(version);
    const dependencies = Object.entries(manifest['dependencies'] ?? {});
    for (const [name, wanted] of dependencies.filter(([name]) => name.startsWith('@tramline/')))
      expect(wanted, name).toBe(version);
  });

  it('is ESM with named entry points, says its licence, and brings its text', () => {
    expect(manifest).toMatchObject({
      type: 'module',
      license: 'Apache-2.0',
      exports: { '.': expect.anything() },
    });
    expect(read(join(dirname(path), 'LICENSE'))).toBe(read('LICENSE'));
  });

  it('names what it exports: no export * at an entry point', () => {
    const entries = Object.values(
      manifest['exports'] as Record<string, string | { readonly default: string }>,
    );
    for (const entry of entries) {
      // A file as it is, such as package.json.
      if (typeof entry === 'string') continue;
      const source = join(dirname(path), entry.default.replace('dist/', 'src/').replace(/\.js$/, '.ts'));
      expect(read(source), source).not.toMatch(/^export \*/m);
    }
  });

  it('runs no script when it is installed', () => {
    expect(Object.keys(manifest['scripts'] ?? {}).filter((name) => /install|^prepare$/.test(name))).toEqual(
      [],
    );
  });
});
