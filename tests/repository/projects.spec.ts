import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const readJson = <T>(path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;
const folders = globSync('{libs,apps}/*/tsconfig.json', { cwd: root }).map((path) => join(path, '..'));

it('the build knows every app and lib', () => {
  const { references } = readJson<{ references: { readonly path: string }[] }>('tsconfig.json');
  expect(references.map(({ path }) => path).sort()).toEqual([...folders].sort());
});

it('the Nest command knows every app and lib', () => {
  const { projects } = readJson<{ projects: Record<string, { readonly root: string }> }>('nest-cli.json');
  expect(Object.keys(projects).sort()).toEqual(folders.map((folder) => basename(folder)).sort());
  expect(Object.values(projects).map((project) => project.root)).toEqual(expect.arrayContaining(folders));
});
