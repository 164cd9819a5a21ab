import type { Duty } from '../migrate/grants.js';
import type { Row, SqlClient, SqlValue } from '../sql/sql-client.js';
import type { TableOptions } from '../sql/tables.js';
import { explained } from './explained.js';
import { names, type Names } from './names.js';

/** What every part of the store works with. */
export class PostgresContext<Tx> {
  readonly names: Names;
  /** Whether this process has seen the tables in its own database. Where they are missing then, it is another database. */
  tablesSeen = false;
  /**
   * The transaction's own name on the server, by what the library calls the transaction, as far as it was asked for: somebody
   * may end it with a statement, and begin another, without the library noticing.
   */
  readonly named = new WeakMap<object, string>();

  constructor(
    readonly client: SqlClient<Tx>,
    readonly tables: TableOptions,
  ) {
    this.names = names(tables);
  }

  /** One statement by itself. */
  async query(duty: Duty, sql: string, ...params: SqlValue[]): Promise<readonly Row[]> {
    try {
      const rows = await this.client.query(sql, params);
      this.tablesSeen = true;
      return rows;
    } catch (error) {
      throw explained(error, duty, this.tables);
    }
  }

  /** One statement of a transaction. */
  async execute(duty: Duty, tx: Tx, sql: string, ...params: SqlValue[]): Promise<readonly Row[]> {
    try {
      return await this.client.execute(tx, sql, params);
    } catch (error) {
      throw explained(error, duty, this.tables);
    }
  }
}

/** Numbers as one parameter, for `$n::text::bigint[]`: libraries pass text on alike, and arrays not. */
export const numberArray = (list: readonly number[]): string => `{${list.join(',')}}`;

/** Texts as one parameter, for `$n::text::text[]`. */
export const textArray = (list: readonly string[]): string =>
  `{${list.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

/** PostgreSQL has no text with a zero byte, and an error message is no reason to fail. */
export const errorText = (text: string): string => text.replaceAll('\0', '\u{fffd}').slice(0, LONGEST_ERROR);

const LONGEST_ERROR = 8_192;

/** `ms` from now, by the server's clock at the moment of use. */
export const fromNow = (ms: string): string => `clock_timestamp() + ${ms} * interval '1 millisecond'`;

/** An interval as whole milliseconds. */
export const inMs = (interval: string): string => `floor(extract(epoch FROM ${interval}) * 1000)::bigint`;
