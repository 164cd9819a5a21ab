import type { DataSource, EntityManager } from 'typeorm';
import type { Row, SqlClient, SqlValue } from '../sql/sql-client.js';
import { refuseAborted } from '../postgres/transaction-aborted.js';

/** TypeORM, version 0.3 or later, on PostgreSQL. */
export class TypeOrmClient implements SqlClient<EntityManager> {
  readonly name = 'typeorm';
  readonly dialect = 'postgres';
  // Its query runner notices the ends that it made itself, and not a COMMIT that was run as a statement.
  readonly seesTransactions = false;

  constructor(private readonly dataSource: DataSource) {}

  async execute(tx: EntityManager, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return rowsOf(await tx.query<unknown>(sql, [...params]));
  }

  transactionFault(tx: unknown): string | undefined {
    const { dataSource, connection, queryRunner } = (tx ?? {}) as GivenManager;
    const source = dataSource ?? connection;
    if (!source) return `it is no EntityManager. ${PASS}`;
    if (source !== this.dataSource)
      return 'its EntityManager belongs to another DataSource than the one that the outbox was given';
    if (!queryRunner || queryRunner.isReleased || !queryRunner.isTransactionActive)
      return `no transaction is open on its EntityManager: it was not begun, or has ended. ${PASS}`;
    return undefined;
  }

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      const answer = await work(tx);
      await refuseAborted(() => tx.query('SELECT 1'));
      return answer;
    });
  }

  async query(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return rowsOf(await this.dataSource.query<unknown>(sql, [...params]));
  }

  /** The DataSource is the application's. */
  async close(): Promise<void> {}
}

/** What `transactionFault` looks at. Until TypeORM 1.0 `dataSource` was called `connection`. */
type GivenManager = Partial<Pick<EntityManager, 'dataSource' | 'queryRunner'>> & {
  readonly connection?: DataSource;
};

const PASS =
  'Pass the manager of dataSource.transaction(async (manager) => …), or queryRunner.manager between startTransaction and its end';

/** Of DELETE and UPDATE it answers rows and their count. */
function rowsOf(result: unknown): readonly Row[] {
  if (!Array.isArray(result)) return [];
  const [first, second] = result as unknown[];
  const counted = result.length === 2 && Array.isArray(first) && typeof second === 'number';
  return (counted ? first : result) as readonly Row[];
}
