import type { OutboxProvider } from '@tramline/core';
import type { OutboxOptions } from '@tramline/outbox';
import { pg } from '@tramline/outbox/pg';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { freshDatabase } from '../../postgres/support/database.ts';
import type { OutboxDatabase, OwnTransaction } from './outbox-database.ts';

/** A new database of the server that all specs share, or wherever `url` leads. */
export class PostgresDatabase implements OutboxDatabase {
  readonly name = 'PostgreSQL';
  readonly url: string;
  readonly pool: Pool;
  private readonly pools: Pool[];
  private readonly open = new Set<PoolClient>();

  private constructor(url: string) {
    this.url = url;
    this.pool = new Pool({ connectionString: url, max: 40 });
    this.pool.on('error', () => undefined);
    this.pools = [this.pool];
  }

  static async create(url?: string): Promise<PostgresDatabase> {
    return new PostgresDatabase(url ?? (await freshDatabase()));
  }

  /** Further connections, as a service with a pool of its own has them. */
  anotherPool(config: PoolConfig): Pool {
    const pool = new Pool({ connectionString: this.url, ...config });
    pool.on('error', () => undefined);
    this.pools.push(pool);
    return pool;
  }

  provider(options: OutboxOptions = {}): OutboxProvider {
    return pg(this.pool, { autoCreate: true, ...options });
  }

  async begin(): Promise<OwnTransaction> {
    const tx = await this.pool.connect();
    this.open.add(tx);
    await tx.query('BEGIN');
    const end = async (statement: string) => {
      await tx.query(statement);
      if (this.open.delete(tx)) tx.release();
    };
    return {
      tx,
      commit: () => end('COMMIT'),
      rollback: () => end('ROLLBACK'),
      fail: () =>
        tx.query('SELECT 1 / 0').then(
          () => undefined,
          () => undefined,
        ),
    };
  }

  async run(sql: string): Promise<readonly Record<string, unknown>[]> {
    return (await this.pool.query<Record<string, unknown>>(sql)).rows;
  }

  async foreign(work: (tx: unknown) => Promise<void>): Promise<void> {
    const other = await PostgresDatabase.create();
    const { tx } = await other.begin();
    try {
      await work(tx);
    } finally {
      await other.close();
    }
  }

  async close(): Promise<void> {
    for (const client of this.open) client.release(true);
    await Promise.all(this.pools.map((pool) => pool.end()));
  }
}
