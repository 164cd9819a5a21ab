import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** One SQLite connection whose statements are prepared once. */
export class Connection {
  readonly #statements = new Map<string, StatementSync>();

  constructor(readonly database: DatabaseSync) {}

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.statement(sql).all(...values) as Row[];
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.statement(sql).get(...values) as Row | undefined;
  }

  /** Answers how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.statement(sql).run(...values).changes);
  }

  /** The id of the row that was inserted. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.statement(sql).run(...values).lastInsertRowid);
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  /** For hot paths that keep the statement themselves. SQLite prepares it anew by itself when the schema changed. */
  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Statements about tables that may be gone. */
  forget(): void {
    this.#statements.clear();
  }

  /** All or nothing. Waits for no lock. */
  transaction<Result>(work: () => Result): Result {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** What `work` reads is of one moment. */
  snapshot<Result>(work: () => Result): Result {
    this.exec('BEGIN');
    try {
      return work();
    } finally {
      this.rollback();
    }
  }

  /** After some errors (a full disk) SQLite has rolled back by itself, and there is nothing left to take back. */
  rollback(): void {
    try {
      this.exec('ROLLBACK');
    } catch {
      // no transaction was open any more
    }
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
  }
}
