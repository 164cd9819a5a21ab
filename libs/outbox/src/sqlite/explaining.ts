import type { SqlClient } from '../sql/sql-client.js';
import { explained } from './sqlite-error.js';

/** The client, with errors that name the fix where we know it. */
export function explaining<Tx>(client: SqlClient<Tx>): SqlClient<Tx> {
  const batch = client.batch?.bind(client);
  return {
    name: client.name,
    dialect: client.dialect,
    seesTransactions: client.seesTransactions,
    transactionFault: (tx) => client.transactionFault(tx),
    execute: (tx, sql, params) => tried(() => client.execute(tx, sql, params)),
    // What the caller's work throws is the caller's.
    transaction: (work) => client.transaction(work),
    query: (sql, params) => tried(() => client.query(sql, params)),
    ...(batch && { batch: (statements) => tried(() => batch(statements)) }),
    close: () => client.close(),
  };
}

async function tried<T>(statement: () => Promise<T>): Promise<T> {
  try {
    return await statement();
  } catch (error) {
    throw explained(error);
  }
}
