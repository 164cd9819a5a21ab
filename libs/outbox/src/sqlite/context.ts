import type { Row, SqlClient, SqlValue, Statement } from '../sql/sql-client.js';
import type { Names } from './names.js';

/** What every part of the store works with. */
export interface SqliteContext<Tx> {
  readonly client: SqlClient<Tx>;
  readonly names: Names;
}

/** A list as one parameter, for `json_each(?)`: statements stay the same, however long the list is. */
export const json = (list: readonly unknown[]): string => JSON.stringify(list);

export const statement = (sql: string, ...params: SqlValue[]): Statement => ({ sql, params });

/** Several statements as one transaction; answers the rows of each. */
export async function batch<Tx>(
  { client }: SqliteContext<Tx>,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
  if (client.batch) return client.batch(statements);
  return client.transaction(async (tx) => {
    const answers: (readonly Row[])[] = [];
    for (const { sql, params } of statements) answers.push(await client.execute(tx, sql, params));
    return answers;
  });
}
