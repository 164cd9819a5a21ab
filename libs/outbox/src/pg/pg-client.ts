import type { ClientBase, Pool, PoolClient } from 'pg';
import type { Row, SqlClient, SqlValue } from '../sql/sql-client.js';
import { transactionAborted } from '../postgres/transaction-aborted.js';

/** The library pg, version 8.11 or later. */
export class PgClient implements SqlClient<ClientBase> {
  readonly name = 'pg';
  readonly dialect = 'postgres';
  // Newer versions of pg note from each answer of the server whether a transaction is open; with older ones only it knows.
  readonly seesTransactions: boolean;

  constructor(private readonly pool: Pool) {
    const { Client } = pool as { readonly Client?: { readonly prototype: object } };
    this.seesTransactions = Client !== undefined && 'getTransactionStatus' in Client.prototype;
    // A connection that breaks while it lies idle in the pool would end the process, and pg has thrown it away by then.
    if (!pool.listeners('error').includes(ignore)) pool.on('error', ignore);
  }

  async execute(tx: ClientBase, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return (await tx.query<Row>(sql, [...params])).rows;
  }

  transactionFault(tx: unknown): string | undefined {
    if (!isClient(tx))
      return 'it is no client of pg. Pass the client on which you ran BEGIN: that of pool.connect(), not the pool';
    // 'E', an aborted one, is left to the server, which says so.
    if (this.seesTransactions && !['T', 'E'].includes(tx.getTransactionStatus() ?? 'I'))
      return 'no transaction is open on this client. Await client.query("BEGIN") before, and publish before COMMIT';
    return undefined;
  }

  async transaction<T>(work: (tx: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    // A connection that breaks while we wait for something else says so by an event, which unheard ends the process.
    client.on('error', ignore);
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const answer = await work(client);
      const { command } = await client.query('COMMIT');
      if (command !== 'COMMIT') throw transactionAborted();
      return answer;
    } catch (error) {
      broken = await rollback(client);
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }

  async query(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return (await this.pool.query<Row>(sql, [...params])).rows;
  }

  /** The pool is the application's. */
  async close(): Promise<void> {}
}

const ignore = (): void => {};

/** @returns why the connection must not be used again */
async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function isClient(tx: unknown): tx is ClientBase {
  return typeof tx === 'object' && tx !== null && 'query' in tx && !('totalCount' in tx);
}
