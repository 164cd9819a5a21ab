import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Row, SqlValue } from '../sql/sql-client.js';

/** A connection whose statements are prepared once. */
export class Connection {
  #statements = new Map<string, StatementSync>();

  constructor(readonly database: DatabaseSync) {}

  all(sql: string, params: readonly SqlValue[]): readonly Row[] {
    try {
      return this.#statement(sql).all(...params.map(toInput));
    } catch (error) {
      // Its owner has closed and opened it again, and statements do not survive that.
      if (!isFinalized(error) || !this.database.isOpen) throw error;
      this.#statements.clear();
      return this.#statement(sql).all(...params.map(toInput));
    }
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  /** What is open is rolled back. Idempotent. */
  close(): void {
    this.#statements.clear();
    if (this.database.isOpen) this.database.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function toInput(value: SqlValue): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

function isFinalized(error: unknown): boolean {
  return error instanceof Error && /finalized/.test(error.message);
}
