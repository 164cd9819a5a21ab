import type { Lease, OutboxEntry, OutboxStore } from '@tramline/core/outbox';
import type { ClientBase, Pool, PoolClient, PoolConfig } from 'pg';
import { migrate } from '../migrate/migrate.js';
import { PgClient } from '../pg/pg-client.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { freshPool } from './postgres.js';

/** A new database with the outbox's tables, for one spec file; `close` ends what is open. */
export class PostgresWorld {
  private readonly open: PoolClient[] = [];

  private constructor(
    readonly pool: Pool,
    readonly client: PgClient,
    readonly store: OutboxStore<ClientBase>,
  ) {}

  static async create(config: PoolConfig = {}): Promise<PostgresWorld> {
    const pool = await freshPool({ max: 50, ...config });
    const client = new PgClient(pool);
    await migrate(client);
    return new PostgresWorld(pool, client, postgresStore(client));
  }

  /** A connection of its own with a transaction open. */
  async begin(): Promise<PoolClient> {
    const connection = await this.pool.connect();
    this.open.push(connection);
    await connection.query('BEGIN');
    return connection;
  }

  /** The first column of the first row. */
  async value(text: string, values: unknown[] = []): Promise<unknown> {
    const { rows } = await this.pool.query<unknown[]>({ text, values, rowMode: 'array' });
    return rows[0]?.[0];
  }

  async write(entries: readonly OutboxEntry[], ordered = true): Promise<void> {
    await this.store.transaction((tx) => this.store.insert(tx, entries, { ordered, delayMs: null }));
  }

  async claimAll(): Promise<readonly Lease[]> {
    const { buckets } = await this.store.beat('spec', 600_000);
    return this.store.claim('spec', buckets, 600_000);
  }

  /** Waits until the first column of the first row is `expected`. */
  async until(text: string, expected: unknown): Promise<void> {
    for (const deadline = Date.now() + 30_000; (await this.value(text)) !== expected;)
      if (Date.now() > deadline) throw new Error(`waited in vain for ${String(expected)} from: ${text}`);
  }

  /** Rolls back what was left open, and empties the tables: for after each test. */
  async tidy(): Promise<void> {
    for (const connection of this.open.splice(0)) {
      await connection.query('ROLLBACK');
      connection.release();
    }
    const tables = ['outbox', 'scheduled', 'held', 'relay', 'inbox'].map((name) => `tramline_${name}`);
    await this.pool.query(`TRUNCATE ${tables.join(', ')}`);
    await this.pool.query('UPDATE tramline_lease SET owner = NULL, epoch = 0, expires_at = NULL');
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
