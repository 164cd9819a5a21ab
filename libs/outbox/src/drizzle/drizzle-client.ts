import { is, sql as template, type SQL, type TablesRelationalConfig } from 'drizzle-orm';
import { PgDatabase, PgTransaction, type PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { refuseAborted } from '../postgres/transaction-aborted.js';
import type { Row, SqlClient, SqlValue } from '../sql/sql-client.js';

/** Drizzle on PostgreSQL, over node-postgres or postgres.js. */
export class DrizzleClient<
  Driver extends PgQueryResultHKT,
  Full extends Record<string, unknown>,
  Schema extends TablesRelationalConfig,
> implements SqlClient<PgTransaction<Driver, Full, Schema>> {
  readonly name = 'drizzle';
  readonly dialect = 'postgres';
  // A PgTransaction does not know that its callback has ended: the database must say so.
  readonly seesTransactions = false;
  readonly #ended = new WeakSet<object>();

  constructor(private readonly db: PgDatabase<Driver, Full, Schema>) {}

  execute(
    tx: PgTransaction<Driver, Full, Schema>,
    sql: string,
    params: readonly SqlValue[],
  ): Promise<readonly Row[]> {
    return run(tx, sql, params);
  }

  transactionFault(tx: unknown): string | undefined {
    if (is(tx, PgTransaction))
      return this.#ended.has(tx) ? `this Drizzle transaction has ended. ${PASS}` : undefined;
    return is(tx, PgDatabase)
      ? `it is the Drizzle database itself. ${PASS}`
      : `it is no Drizzle transaction. ${PASS}`;
  }

  transaction<T>(work: (tx: PgTransaction<Driver, Full, Schema>) => Promise<T>): Promise<T> {
    return this.db.transaction(async (tx) => {
      try {
        const answer = await work(tx);
        await refuseAborted(() => run(tx, 'SELECT 1', []));
        return answer;
      } finally {
        this.#ended.add(tx);
      }
    });
  }

  query(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return run(this.db, sql, params);
  }

  /** The database is the application's. */
  async close(): Promise<void> {}
}

const PASS = 'Pass the tx of db.transaction(async (tx) => …), and await outbox.publish(tx, …) in it';

/** As much of a database or transaction as runs a statement. */
interface Executor {
  execute(statement: SQL): PromiseLike<unknown>;
}

async function run(db: Executor, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
  const result = await db.execute(statement(sql, params));
  // node-postgres answers an object with rows, postgres.js the rows themselves.
  return Array.isArray(result) ? (result as Row[]) : (result as { readonly rows: readonly Row[] }).rows;
}

/** Drizzle numbers parameters itself, in the order in which it meets them: ours are numbered in their order, too. */
function statement(sql: string, params: readonly SqlValue[]): SQL {
  const parts = sql.split(/\$(\d+)/);
  return template.join(
    parts.map((part, index) => (index % 2 ? template.param(params[Number(part) - 1]) : template.raw(part))),
  );
}
