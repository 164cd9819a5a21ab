import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SqliteDatabase } from './sqlite.js';

let directory: string;
let database: SqliteDatabase;
/** As the outbox opens one. */
let tx: DatabaseSync;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'points-'));
  database = await SqliteDatabase.open(join(directory, 'ledger.db'));
  tx = new DatabaseSync(join(directory, 'ledger.db'));
});
afterEach(async () => {
  tx.close();
  await database.close();
  await rm(directory, { recursive: true });
});

it('shows what was given to whom and for what, oldest first', async () => {
  const { ledger } = database;
  await ledger.add(tx, 'ada', 100, 'registration');
  await ledger.add(tx, 'grace', 100, 'registration');
  await ledger.add(tx, 'ada', 50, 'birthday');
  expect(await ledger.entries('ada')).toMatchObject([
    { points: 100, reason: 'registration' },
    { points: 50, reason: 'birthday' },
  ]);
  expect(await ledger.entries('nobody')).toEqual([]);
});

it('gives nothing when the transaction is rolled back', async () => {
  tx.exec('BEGIN');
  await database.ledger.add(tx, 'ada', 100, 'registration');
  tx.exec('ROLLBACK');
  expect(await database.ledger.entries('ada')).toEqual([]);
});
