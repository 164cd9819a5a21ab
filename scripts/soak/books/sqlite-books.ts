import { DatabaseSync } from 'node:sqlite';
import type { OutboxProvider } from '@tramline/core';
import type { OutboxOptions } from '@tramline/outbox';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { AlreadyRegisteredError, type Books, type Entry, type User } from './books.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS counters (key TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS users (
    user_id TEXT PRIMARY KEY, key TEXT NOT NULL, count INTEGER NOT NULL, event_id TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS ledger (position INTEGER PRIMARY KEY, user_id TEXT NOT NULL, points INTEGER NOT NULL) STRICT;
`;

export class SqliteBooks implements Books<DatabaseSync> {
  private readonly db: DatabaseSync;

  constructor(file: string) {
    this.db = new DatabaseSync(file, { timeout: 5_000 });
  }

  outbox(options: OutboxOptions): OutboxProvider<DatabaseSync> {
    return nodeSqlite(this.db, options);
  }

  async create(): Promise<void> {
    this.db.exec('PRAGMA journal_mode = WAL');
    this.db.exec(SCHEMA);
  }

  async register(tx: DatabaseSync, { userId, key, eventId }: Omit<User, 'count'>): Promise<void> {
    const { count } = tx
      .prepare(
        'INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count',
      )
      .get(key) as { count: number };
    const { changes } = tx
      .prepare('INSERT INTO users VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(userId, key, count, eventId);
    if (changes === 0) throw new AlreadyRegisteredError();
  }

  async award(tx: DatabaseSync, { userId, points }: Entry): Promise<void> {
    tx.prepare('INSERT INTO ledger (user_id, points) VALUES (?, ?)').run(userId, points);
  }

  async users(): Promise<readonly User[]> {
    const sql = 'SELECT user_id AS userId, key, count, event_id AS eventId FROM users ORDER BY key, count';
    return this.db.prepare(sql).all() as unknown as User[];
  }

  async entries(): Promise<readonly Entry[]> {
    return this.db.prepare('SELECT user_id AS userId, points FROM ledger').all() as unknown as Entry[];
  }

  async counts(): Promise<{ users: number; entries: number }> {
    const sql = 'SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM ledger) AS entries';
    return this.db.prepare(sql).get() as { users: number; entries: number };
  }

  async close(): Promise<void> {
    this.db.close();
  }
}
