import { OutboxError } from '@tramline/core';
import {
  CompiledQuery,
  isAbortedTransactionError,
  type ControlledTransaction,
  type Kysely,
  type Transaction,
} from 'kysely';
import type { Row, SqlClient, SqlValue } from '../sql/sql-client.js';
import { transactionAborted } from '../postgres/transaction-aborted.js';

/** Kysely, version 0.29 or later, on PostgreSQL or SQLite. */
export class KyselyClient<DB> implements SqlClient<Transaction<DB>> {
  readonly name = 'kysely';
  // Kysely notices the ends that it made itself, and not a COMMIT that was run as a statement.
  readonly seesTransactions = false;
  readonly #ended = new WeakSet<object>();

  constructor(
    private readonly db: Kysely<DB>,
    readonly dialect: 'postgres' | 'sqlite',
  ) {}

  execute(tx: Transaction<DB>, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return run(tx, sql, params);
  }

  transactionFault(tx: unknown): string | undefined {
    const given = (tx ?? {}) as Partial<ControlledTransaction<DB>>;
    if (typeof given.getExecutor !== 'function') return `it is no Kysely transaction. ${PASS}`;
    if (!given.isTransaction) return `it is the Kysely instance itself. ${PASS}`;
    // The instance's own, which its transactions, schemas and plugins share.
    if (given.getExecutor().adapter !== this.db.getExecutor().adapter)
      return 'it belongs to another Kysely instance than the one that the outbox was given';
    const ended = given.isCommitted || given.isRolledBack || this.#ended.has(given);
    return ended ? ENDED : undefined;
  }

  async transaction<T>(work: (tx: Transaction<DB>) => Promise<T>): Promise<T> {
    let given: Transaction<DB> | undefined;
    try {
      return await this.db.transaction().execute((tx) => work((given = tx)));
    } catch (error) {
      throw isAbortedTransactionError(error) ? transactionAborted(error) : error;
    } finally {
      if (given) this.#ended.add(given);
    }
  }

  query(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return run(this.db, sql, params);
  }

  /** The instance is the application's. */
  async close(): Promise<void> {}
}

/** Without the application's plugins, which may rename the columns of the answer, as CamelCasePlugin does. */
async function run<DB>(db: Kysely<DB>, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
  try {
    const { rows } = await db.withoutPlugins().executeQuery<Row>(CompiledQuery.raw(sql, [...params]));
    return rows;
  } catch (error) {
    // Kysely has no class for it.
    if (!(error instanceof Error && error.message.startsWith('Transaction is already '))) throw error;
    throw new OutboxError('TRAMLINE_NO_TRANSACTION', ENDED, { cause: error });
  }
}

const PASS = 'Pass the trx of db.transaction().execute(async (trx) => …)';

const ENDED =
  'this Kysely transaction has ended. Await outbox.publish(trx, …) within the callback, before it returns';
