import { OutboxError } from '@tramline/core';
import { refuseAborted } from '../postgres/transaction-aborted.js';
import type { Row, SqlClient, SqlValue } from '../sql/sql-client.js';

/** What the outbox needs of the client that Prisma passes to an interactive transaction. */
export interface PrismaExecutor {
  $queryRawUnsafe<T = unknown>(query: string, ...values: unknown[]): PromiseLike<T>;
}

/** What the outbox needs of a PrismaClient; the one that you generated has it, extended or not. */
export interface PrismaDatabase extends PrismaExecutor {
  // Its forms are too particular to be named here: a list of queries, or a function that is given models of your schema.
  readonly $transaction: (...args: never[]) => unknown;
}

/** How long a transaction may wait for a connection, and then take, milliseconds: Prisma itself rolls back then. */
export interface PrismaLimits {
  readonly maxWait?: number;
  readonly timeout?: number;
}

/** What `$transaction` of this client passes to its callback, models and all. */
export type PrismaTransaction<Client extends PrismaDatabase> = Parameters<Client['$transaction']>[0] extends (
  tx: infer Tx extends PrismaExecutor,
) => unknown
  ? Tx
  : PrismaExecutor;

/** Prisma, version 7, on PostgreSQL. */
export class PrismaSqlClient<Client extends PrismaDatabase> implements SqlClient<PrismaTransaction<Client>> {
  readonly name = 'prisma';
  readonly dialect = 'postgres';
  // Prisma notices the ends that it made itself, and not a COMMIT that was run as a statement.
  readonly seesTransactions = false;
  readonly #ended = new WeakSet<object>();

  constructor(
    private readonly client: Client,
    private readonly limits: PrismaLimits = {},
  ) {}

  execute(tx: PrismaTransaction<Client>, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return run(tx, sql, params);
  }

  transactionFault(tx: unknown): string | undefined {
    const { $queryRawUnsafe, $transaction, $connect } = (tx ?? {}) as Record<string, unknown>;
    if (typeof $queryRawUnsafe !== 'function') return `it is no Prisma transaction. ${PASS}`;
    if (tx === this.client || (typeof $connect === 'function' && typeof $transaction === 'function'))
      return `it is the PrismaClient itself. ${PASS}`;
    return this.#ended.has(tx as object) ? ENDED : undefined;
  }

  async transaction<T>(work: (tx: PrismaTransaction<Client>) => Promise<T>): Promise<T> {
    const begin = this.client.$transaction.bind(this.client) as Begin<PrismaTransaction<Client>>;
    const { of } = await begin(async (tx) => {
      try {
        const answer = await work(tx);
        await refuseAborted(() => run(tx, 'SELECT 1', []));
        return { of: answer };
      } finally {
        this.#ended.add(tx);
      }
    }, this.limits);
    return of;
  }

  query(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return run(this.client, sql, params);
  }

  /** The client is the application's. */
  async close(): Promise<void> {}
}

/** `$transaction` with a function. */
type Begin<Tx> = <R>(work: (tx: Tx) => Promise<R>, limits: PrismaLimits) => Promise<R>;

const PASS = 'Pass the tx of prisma.$transaction(async (tx) => …), and await outbox.publish(tx, …) in it';

const ENDED =
  `this Prisma transaction has ended, or took longer than its timeout. Await outbox.publish(tx, …) within the callback, ` +
  'or give $transaction a longer timeout';

async function run(db: PrismaExecutor, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
  try {
    return await db.$queryRawUnsafe<readonly Row[]>(sql, ...params);
  } catch (error) {
    if (!hasEnded(error)) throw error;
    throw new OutboxError('TRAMLINE_NO_TRANSACTION', ENDED, { cause: error });
  }
}

/** Prisma has one code for all that it says of transactions; that none could be begun is told by `$transaction` itself. */
const hasEnded = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'P2028';
