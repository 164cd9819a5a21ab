import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock, systemRandom } from '@tramline/core';
import { SqliteFiles } from '../spec/sqlite-files.js';
import { NodeSqliteClient } from './client.js';

let files: SqliteFiles;
let db: DatabaseSync;
let client: NodeSqliteClient;

beforeEach(() => {
  files = new SqliteFiles();
  db = files.connect();
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT NOT NULL) STRICT');
  client = files.client();
});
afterEach(async () => {
  await client.close();
  await files.dispose();
});

const note = (tx: DatabaseSync, text: string) => tx.prepare('INSERT INTO notes VALUES (?)').run(text);
const notes = () =>
  db
    .prepare('SELECT text FROM notes ORDER BY rowid')
    .all()
    .map(({ text }) => text);

it('waits for a lock of somebody else without blocking the event loop', async () => {
  db.exec('BEGIN IMMEDIATE');
  let turns = 0;
  const waiting = client.transaction(async (tx) => void note(tx, 'waited'));
  const single = client.query('INSERT INTO notes VALUES (?)', ['waited too']);
  // Were it to block, these turns would never come, and the lock would never go.
  while (turns < 20) {
    await sleep(1);
    turns++;
  }
  expect(notes()).toEqual([]);
  db.exec('COMMIT');
  await Promise.all([waiting, single]);
  expect(new Set(notes())).toEqual(new Set(['waited', 'waited too']));
});

it('reads beside a transaction that is open', async () => {
  await client.transaction(async (tx) => {
    note(tx, 'not yet');
    expect(await client.query('SELECT text FROM notes', [])).toEqual([]);
  });
  expect(await client.query('SELECT text FROM notes', [])).toEqual([{ text: 'not yet' }]);
});

it('gives up in the end, with an error that is SQLITE_BUSY too', async () => {
  const hasty = files.client(undefined, 20);
  db.exec('BEGIN IMMEDIATE');
  const failed = await hasty.transaction(async () => undefined).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'TRAMLINE_DATABASE_BUSY', errcode: 5 });
  expect(String(failed)).toMatch(/Somebody has kept .*service\.db locked for 20 ms/);
  db.exec('ROLLBACK');
  await hasty.transaction(async (tx) => void note(tx, 'free again'));
  await hasty.close();
  expect(notes()).toEqual(['free again']);
});

it('blames nobody here when all of them waited for somebody else', async () => {
  const hasty = files.client(undefined, 20);
  db.exec('BEGIN IMMEDIATE');
  const tried = await Promise.allSettled([1, 2, 3].map(() => hasty.transaction(async () => undefined)));
  db.exec('ROLLBACK');
  await hasty.close();
  for (const one of tried) expect(String((one as PromiseRejectedResult).reason)).toMatch(/Somebody has kept/);
});

it('refuses a transaction inside a transaction, which would wait for itself', async () => {
  const hasty = files.client(undefined, 20);
  const nested = hasty.transaction(() => hasty.transaction(async (tx) => void note(tx, 'inner')));
  await expect(nested).rejects.toThrow(/Inside a transaction use its tx/);
  await hasty.transaction(async (tx) => void note(tx, 'outer'));
  await hasty.close();
  expect(notes()).toEqual(['outer']);
});

it('keeps what still runs after a rollback out of the next transaction', async () => {
  const late = Promise.withResolvers<void>();
  let zombie: Promise<void> | undefined;
  const failed = client.transaction((tx) => {
    zombie = late.promise.then(() => void note(tx, 'too late'));
    return Promise.reject(new Error('out of time'));
  });
  await expect(failed).rejects.toThrow('out of time');
  await client.transaction(async (tx) => {
    note(tx, 'next');
    late.resolve();
    await expect(zombie).rejects.toThrow('database is not open');
  });
  expect(notes()).toEqual(['next']);
});

it('says so when the work commits or rolls back by itself', async () => {
  for (const end of ['COMMIT', 'ROLLBACK']) {
    const ended = client.transaction(async (tx) => tx.exec(end));
    await expect(ended).rejects.toMatchObject({ code: 'TRAMLINE_TRANSACTION_ENDED' });
  }
  await client.transaction(async (tx) => void note(tx, 'usable'));
  expect(notes()).toEqual(['usable']);
});

it('writes several statements all or nothing', async () => {
  const insert = (text: string | null) => ({
    sql: 'INSERT INTO notes VALUES (?) RETURNING text',
    params: [text],
  });
  expect(await client.batch([insert('one'), insert('two')])).toEqual([[{ text: 'one' }], [{ text: 'two' }]]);
  await expect(client.batch([insert('three'), insert(null)])).rejects.toThrow(/NOT NULL/);
  expect(await client.batch([insert('four')])).toEqual([[{ text: 'four' }]]);
  expect(notes()).toEqual(['one', 'two', 'four']);
});

it('commits as durably as the connection that it was given', async () => {
  for (const synchronous of [1, 3]) {
    const file = { path: files.path(), synchronous, onConnect: () => undefined };
    const own = new NodeSqliteClient(file, 1_000, systemClock, systemRandom);
    const found = await own.transaction(async (tx) => tx.prepare('PRAGMA synchronous').get());
    await own.close();
    expect(found).toEqual({ synchronous });
  }
});

it('hands every connection that it opens to who wants to prepare it', async () => {
  const onConnect = (opened: DatabaseSync) => opened.function('shout', (text) => String(text).toUpperCase());
  const file = { path: files.path(), synchronous: 1, onConnect };
  const own = new NodeSqliteClient(file, 1_000, systemClock, systemRandom);
  const shout = "SELECT shout('hi') AS said";
  expect(await own.transaction(async (tx) => tx.prepare(shout).get())).toEqual({ said: 'HI' });
  expect(await own.query(shout, [])).toEqual([{ said: 'HI' }]);
  await own.close();
});

it('takes a connection that was closed and opened again', async () => {
  db.exec('BEGIN');
  await client.execute(db, 'INSERT INTO notes VALUES (?)', ['before']);
  db.exec('COMMIT');
  db.close();
  db.open();
  db.exec('BEGIN');
  await client.execute(db, 'INSERT INTO notes VALUES (?)', ['after']);
  db.exec('COMMIT');
  expect(notes()).toEqual(['before', 'after']);
});

it('opens nothing more once it is closed', async () => {
  await client.query('SELECT 1', []);
  await client.close();
  await client.close();
  await expect(client.query('SELECT 1', [])).rejects.toThrow(/The outbox is closed/);
});
