import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SqliteFiles } from '../spec/sqlite-files.js';
import { SCHEMA_VERSION } from './check.js';

let files: SqliteFiles;
beforeEach(() => {
  files = new SqliteFiles();
});
afterEach(() => files.dispose());

it('is what the snapshot says, so that a change of a published migration is noticed', async () => {
  const schema = files
    .make()
    .prepare("SELECT sql FROM sqlite_schema WHERE name LIKE 'tramline%' AND sql IS NOT NULL ORDER BY rowid")
    .all()
    .map(({ sql }) => `${String(sql)};\n`)
    .join('\n');
  await expect(schema).toMatchFileSnapshot('./schema.spec.sql');
});

it('has as many versions as there are files, one statement in each', async () => {
  const folder = new URL('../../migrations/sqlite/', import.meta.url);
  const names = (await readdir(folder)).sort();
  expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(
    Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1),
  );
  for (const name of names) {
    const code = readFileSync(new URL(name, folder), 'utf8').replace(/^--.*$/gm, '');
    expect(code.split(';').map((part) => part.trim() !== '')).toEqual([true, false]);
  }
});
