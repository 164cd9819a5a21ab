import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeTables, SqliteFiles } from '../spec/sqlite-files.js';
import { entry } from '../spec/entries.js';
import { kindOf } from './sqlite-error.js';
import { sqliteStore } from './sqlite-store.js';

const AT_ONCE = { ordered: true, delayMs: null } as const;
const EFFECT = {
  group: 'points',
  handlerId: 'award',
  aliases: [],
  eventId: '1',
  origin: { topic: 'user.registered', partition: 0, offset: 7, timestamp: 0 },
};

let files: SqliteFiles;
beforeEach(() => {
  files = new SqliteFiles();
});
afterEach(() => files.dispose());

it('names the fix when the tables are missing where somebody writes, and leaves the transaction usable', async () => {
  const db = files.connect();
  db.exec('CREATE TABLE users (name TEXT)');
  const store = files.store();
  db.exec('BEGIN');
  const missing = {
    code: 'TRAMLINE_OUTBOX_SCHEMA',
    message: expect.stringMatching(/migrate\(\).*autoCreate: true/),
  };
  await expect(store.insert(db, [entry('a')], AT_ONCE)).rejects.toMatchObject(missing);
  await expect(store.remember(db, EFFECT)).rejects.toMatchObject(missing);
  db.exec("INSERT INTO users VALUES ('Ada')");
  db.exec('COMMIT');
  expect(db.prepare('SELECT name FROM users').all()).toEqual([{ name: 'Ada' }]);
});

it('names the fix when the tables are of an earlier version where somebody writes', async () => {
  const db = files.connect();
  makeTables(db, 4);
  const store = files.store();
  db.exec('BEGIN');
  const refused = store.insert(db, [entry('a')], { ordered: true, delayMs: 5 });
  await expect(refused).rejects.toMatchObject({ code: 'TRAMLINE_OUTBOX_SCHEMA' });
  db.exec('ROLLBACK');
});

it('says why a transaction is none', async () => {
  const db = files.make();
  const store = files.store();
  const why = async (tx: unknown) =>
    String(await store.insert(tx as DatabaseSync, [entry('a')], AT_ONCE).catch((error: unknown) => error));
  expect(await why(undefined)).toMatch(/no DatabaseSync of node:sqlite/);
  expect(await why({ query: () => [] })).toMatch(/no DatabaseSync of node:sqlite/);
  expect(await why(db)).toMatch(/no open transaction.*run BEGIN IMMEDIATE/);
  const other = files.make('other.db');
  other.exec('BEGIN');
  expect(await why(other)).toMatch(/belongs to .*other\.db, and the outbox to .*service\.db/);
  const memory = new DatabaseSync(':memory:');
  memory.exec('BEGIN');
  expect(await why(memory)).toMatch(/belongs to a database in memory/);
  memory.close();
  expect(await why(memory)).toMatch(/is closed/);
});

it('says so when the file may not be written', async () => {
  files.make();
  // A mode would not do: root may write everything. This fails with the same error, wherever it is written.
  const readOnly = (db: DatabaseSync) => db.exec('PRAGMA query_only = ON');
  const client = files.client(undefined, 1_000, readOnly);
  await expect(sqliteStore(client).check()).rejects.toMatchObject({
    code: 'TRAMLINE_OUTBOX_RIGHTS',
    message: expect.stringMatching(/cannot be written by this user/),
  });
  await client.close();
});

it('lets the error of a read-only connection come out as it is', async () => {
  files.make();
  const db = new DatabaseSync(files.path(), { readOnly: true });
  db.exec('BEGIN');
  const store = files.store();
  const error = await store.insert(db, [entry('a')], AT_ONCE).catch((thrown: unknown) => thrown);
  db.close();
  expect(error).toMatchObject({ errcode: 8 });
  expect(kindOf(error)).toBe('other');
});

it('writes nothing of a list when one of it cannot be written, though the caller commits', async () => {
  const db = files.make();
  const store = files.store();
  db.exec(`CREATE TRIGGER refuse BEFORE INSERT ON tramline_outbox WHEN new.topic = 'refused'
    BEGIN SELECT RAISE(ABORT, 'refused'); END`);
  db.exec('BEGIN');
  const list = [entry('a'), entry('b', { topic: 'refused' }), entry('c')];
  await expect(store.insert(db, list, AT_ONCE)).rejects.toThrow('refused');
  db.exec('COMMIT');
  expect((await store.status()).backlog).toBe(0);
});

it('tells apart, for every library, what may be tried again', () => {
  const wrapped = (driverError: object) => Object.assign(new Error('query failed'), { driverError });
  const sqlite = (code: string) => Object.assign(new Error('x'), { code });
  expect(kindOf(Object.assign(new Error('x'), { errcode: 5 }))).toBe('conflict');
  // SQLITE_BUSY_SNAPSHOT: somebody wrote after this transaction began to read.
  expect(kindOf(Object.assign(new Error('x'), { errcode: 517 }))).toBe('conflict');
  expect(kindOf(sqlite('SQLITE_BUSY_SNAPSHOT'))).toBe('conflict');
  expect(kindOf(wrapped(sqlite('SQLITE_BUSY')))).toBe('conflict');
  expect(kindOf(new Error('x', { cause: sqlite('SQLITE_LOCKED') }))).toBe('conflict');
  expect(kindOf(sqlite('SQLITE_FULL'))).toBe('away');
  expect(kindOf(sqlite('SQLITE_IOERR_WRITE'))).toBe('away');
  expect(kindOf(sqlite('SQLITE_CONSTRAINT_UNIQUE'))).toBe('other');
  expect(kindOf(new Error('x'))).toBe('other');
  expect(kindOf(undefined)).toBe('other');
});
