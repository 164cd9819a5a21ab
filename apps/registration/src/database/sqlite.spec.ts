import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EmailTakenError, type User } from '../users/user.js';
import { SqliteDatabase } from './sqlite.js';

let directory: string;
let database: SqliteDatabase;
/** As the outbox opens one. */
let tx: DatabaseSync;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registration-'));
  database = await SqliteDatabase.open(join(directory, 'users.db'));
  tx = new DatabaseSync(join(directory, 'users.db'));
});
afterEach(async () => {
  tx.close();
  await database.close();
  await rm(directory, { recursive: true });
});

const ada: User = {
  userId: 'ada',
  name: 'Ada',
  email: 'Ada@Example.com',
  phone: '+447700900123',
  registeredAt: '2026-01-01T00:00:00.000Z',
};
const find = (userId: string) => database.users.find(userId);

it('keeps a user as they wrote themselves, once the transaction is committed', async () => {
  tx.exec('BEGIN');
  await database.users.add(tx, ada);
  expect(await find('ada')).toBeUndefined();
  tx.exec('COMMIT');
  expect(await find('ada')).toEqual(ada);
  expect(await find('nobody')).toBeUndefined();
});

it('refuses an address that is taken, in whatever case and form', async () => {
  const add = (userId: string, email: string) => database.users.add(tx, { ...ada, userId, email });
  await add('1', 'Ada@Example.com');
  await add('2', 'zoe\u0308@example.com');
  await expect(add('3', 'ADA@example.COM')).rejects.toThrow(EmailTakenError);
  await expect(add('4', 'zo\u00eb@example.com')).rejects.toThrow(EmailTakenError);
  expect(await find('3')).toBeUndefined();
});
