import { refuseAborted } from '../postgres/transaction-aborted.js';
import type { Row, SqlClient, SqlValue } from '../sql/sql-client.js';

/**
 * A library for PostgreSQL by what it can do. One line each:
 * - postgres.js: `{ transaction: (work) => sql.begin(work), execute: (tx, text, params) => tx.unsafe(text, params) }`
 * - Knex: `{ transaction: (work) => knex.transaction(work), execute: async (tx, text, params) =>
 *   (await tx.raw(questionMarks(text), params)).rows }`
 * - MikroORM: `{ transaction: (work) => orm.em.fork().transactional(work), execute: (em, text, params) =>
 *   em.execute(questionMarks(text), params) }`
 */
export interface Library<Tx> {
  /** For messages. Default `execute`. */
  readonly name?: string;

  /**
   * Runs one statement in this transaction, and answers its rows, columns by name. Parameters are texts, numbers and nulls;
   * the statement numbers them `$1`, `$2`, each used once and in order.
   */
  execute(tx: Tx, text: string, params: SqlValue[]): PromiseLike<readonly unknown[]>;

  /** Runs `work` in a new transaction: commits when it resolves, rolls back when it rejects, and rethrows. */
  transaction<T>(work: (tx: Tx) => Promise<T>): PromiseLike<unknown>;
}

/** A client over functions. It knows nothing of transactions, so the database itself is asked for one more statement. */
export class ExecuteClient<Tx> implements SqlClient<Tx> {
  readonly name: string;
  readonly dialect = 'postgres';
  readonly seesTransactions = false;

  constructor(private readonly library: Library<Tx>) {
    this.name = library.name ?? 'execute';
  }

  async execute(tx: Tx, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return (await this.library.execute(tx, sql, [...params])) as readonly Row[];
  }

  transactionFault(tx: unknown): string | undefined {
    return (typeof tx === 'object' && tx !== null) || typeof tx === 'function'
      ? undefined
      : 'it is no transaction. Pass what the library gives for one';
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run(async (tx) => {
      const answer = await work(tx);
      await refuseAborted(() => this.execute(tx, 'SELECT 1', []));
      return answer;
    });
  }

  query(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.run((tx) => this.execute(tx, sql, params));
  }

  /** The library is the application's. */
  async close(): Promise<void> {}

  private async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    // Some libraries answer something of their own, such as a proxy of what the work answered.
    let answer: { readonly of: T } | undefined;
    await this.library.transaction(async (tx) => {
      answer = { of: await work(tx) };
    });
    return answer!.of;
  }
}

/** Our statements with `?` instead of `$1`, for libraries that want it so. They have no question mark of their own. */
export const questionMarks = (text: string): string => text.replace(/\$\d+/g, '?');
