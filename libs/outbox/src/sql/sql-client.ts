/** A row as the driver gives it: columns by name. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * A database library, as the stores need it: how to run one statement, inside the caller's transaction and outside, and how to
 * open one. `Tx` is what that library's users have in their hands: a client, an entity manager, a transaction object.
 *
 * PostgreSQL statements number their parameters `$1` … `$n`, each used in order; SQLite statements use `?`. Parameters are
 * text, numbers, bigints, booleans, `Uint8Array` and null, nothing else, because that is what every library passes on alike.
 * What the driver throws comes out as it is, or with the driver's error as `cause`.
 */
export interface SqlClient<Tx> {
  /** For messages: `pg`, `typeorm`, … */
  readonly name: string;
  readonly dialect: 'postgres' | 'sqlite';

  /** Runs one statement in the caller's transaction. */
  execute(tx: Tx, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]>;

  /**
   * Why `tx` cannot be written in, as a sentence that names the fix: not a transaction of this library, not begun, ended, of
   * another database. Undefined: as far as the library can tell, it is open. Asks no server.
   */
  transactionFault(tx: unknown): string | undefined;

  /**
   * Whether {@link transactionFault} is certain to see that no transaction is open. Where it is not (a bare `execute` function),
   * the store makes the database itself say so, for one more statement.
   */
  readonly seesTransactions: boolean;

  /** Runs `work` in a new transaction: commits when it resolves, rolls back when it rejects, and rethrows. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;

  /** Runs one statement by itself, as its own transaction. */
  query(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]>;

  /**
   * Runs statements as one transaction of their own, in this order, all or nothing, without other work of this process in
   * between. Absent where the library cannot; the store opens a {@link transaction} for them then.
   */
  batch?(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;

  /** Lets go of what the client itself opened; what it was given stays open. Idempotent. */
  close(): Promise<void>;
}

/** A statement and its parameters. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

export type SqlValue = string | number | bigint | boolean | Uint8Array | null;
