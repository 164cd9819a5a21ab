import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate } from '../migrate/migrate.js';
import { sqlFor } from '../migrate/sql-for.js';
import { makeTables, SqliteFiles } from '../spec/sqlite-files.js';
import { SCHEMA_VERSION } from './check.js';

let files: SqliteFiles;
beforeEach(() => {
  files = new SqliteFiles();
});
afterEach(() => files.dispose());

const schemaOf = (db: DatabaseSync) =>
  db
    .prepare("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY rowid")
    .all()
    .map(({ sql }) => `${String(sql)};\n`)
    .join('\n');

it('is what the snapshot says, so that a change of a published migration is noticed', async () => {
  await expect(schemaOf(files.make())).toMatchFileSnapshot('./schema.spec.sql');
});

it('is what migrate() makes, also when two do it at once, and when it was begun by an earlier version', async () => {
  const [one, two] = [files.client('new.db'), files.client('new.db')];
  const made = await Promise.all([migrate(one), migrate(two)]);
  expect(made.map(({ applied }) => applied.length).toSorted((a, b) => a - b)).toEqual([0, SCHEMA_VERSION]);
  const older = files.connect('older.db');
  makeTables(older, 6);
  const third = files.client('older.db');
  expect((await migrate(third)).applied).toHaveLength(SCHEMA_VERSION - 6);
  await Promise.all([one, two, third].map((client) => client.close()));

  // The names in it are quoted, and comments are kept.
  const bare = (schema: string) => schema.replace(/"|^--.*\n/gm, '');
  const expected = bare(schemaOf(files.make()));
  expect(bare(schemaOf(files.connect('new.db')))).toBe(expected);
  expect(bare(schemaOf(older))).toBe(expected);
  await files.store('older.db').check();
});

it('is made by the statements of sqlFor, for those who migrate by other means', async () => {
  const db = files.connect('own.db');
  for (const sql of await sqlFor('sqlite')) db.exec(sql);
  expect(schemaOf(db)).toContain('tramline_inbox');
  await expect(files.store('own.db').check()).resolves.toBeUndefined();
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
