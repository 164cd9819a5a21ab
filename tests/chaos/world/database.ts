import type { Pool } from 'pg';
import { PostgresServer } from '../../../scripts/postgres/server.ts';
import { Proxy } from '../../kafka/support/proxy.ts';
import { openPool } from './open-pool.ts';

/** Of the sample's services, which have a schema each, and of the witnesses. */
const NAMES = ['sample', 'witness'] as const;
type DatabaseName = (typeof NAMES)[number];

/** A PostgreSQL behind a proxy, and a way past it for who watches. */
export class Database {
  readonly server: PostgresServer;
  readonly proxy: Proxy;
  readonly sample: Pool;
  readonly witness: Pool;

  private constructor(server: PostgresServer, proxy: Proxy) {
    this.server = server;
    this.proxy = proxy;
    [this.sample, this.witness] = NAMES.map((name) => openPool(server.url(name), 3)) as [Pool, Pool];
  }

  static async start(): Promise<Database> {
    const server = await PostgresServer.start();
    try {
      const pool = openPool(server.url(), 1);
      for (const name of NAMES) await pool.query(`CREATE DATABASE ${name}`);
      await pool.end();
      return new Database(server, await Proxy.start(server.port));
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Through the proxy, as services go. */
  url(name: DatabaseName): string {
    return `postgres://postgres@127.0.0.1:${this.proxy.port}/${name}`;
  }

  /** Connections of services. */
  get connections(): number {
    return this.proxy.open;
  }

  async close(): Promise<void> {
    await this.sample.end();
    await this.witness.end();
    await this.server.stop();
    await this.proxy.close();
  }
}
