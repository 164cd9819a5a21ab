import { Pool, type ClientBase } from 'pg';
import type { OutboxProvider } from '@tramline/core';
import type { OutboxOptions } from '@tramline/outbox';
import { pg } from '@tramline/outbox/pg';
import { AlreadyRegisteredError, type Books, type Entry, type User } from './books.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS counters (key text PRIMARY KEY, count integer NOT NULL);
  CREATE TABLE IF NOT EXISTS users (
    user_id text PRIMARY KEY, key text NOT NULL, count integer NOT NULL, event_id text NOT NULL
  );
  CREATE TABLE IF NOT EXISTS ledger (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id text NOT NULL, points integer NOT NULL
  );
`;

export class PostgresBooks implements Books<ClientBase> {
  private readonly pool: Pool;

  /** @param connections - that this process may hold at once */
  constructor(url: string, connections: number) {
    this.pool = new Pool({ connectionString: url, max: connections });
  }

  outbox(options: OutboxOptions): OutboxProvider<ClientBase> {
    return pg(this.pool, options);
  }

  async create(): Promise<void> {
    await this.pool.query(SCHEMA);
  }

  async register(tx: ClientBase, { userId, key, eventId }: Omit<User, 'count'>): Promise<void> {
    const { rows } = await tx.query<{ count: number }>(
      `INSERT INTO counters AS c VALUES ($1, 1)
       ON CONFLICT (key) DO UPDATE SET count = c.count + 1 RETURNING count`,
      [key],
    );
    const { rowCount } = await tx.query('INSERT INTO users VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      userId,
      key,
      rows[0]!.count,
      eventId,
    ]);
    if (rowCount === 0) throw new AlreadyRegisteredError();
  }

  async award(tx: ClientBase, { userId, points }: Entry): Promise<void> {
    await tx.query('INSERT INTO ledger (user_id, points) VALUES ($1, $2)', [userId, points]);
  }

  async users(): Promise<readonly User[]> {
    const sql = `SELECT user_id AS "userId", key, count, event_id AS "eventId" FROM users ORDER BY key, count`;
    return (await this.pool.query<User>(sql)).rows;
  }

  async entries(): Promise<readonly Entry[]> {
    return (await this.pool.query<Entry>('SELECT user_id AS "userId", points FROM ledger')).rows;
  }

  async counts(): Promise<{ users: number; entries: number }> {
    const sql = `SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM ledger) AS entries`;
    return (await this.pool.query<{ users: number; entries: number }>(sql)).rows[0]!;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
