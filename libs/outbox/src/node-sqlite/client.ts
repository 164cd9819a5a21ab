import { ClosedError, OutboxError, sleep, type Clock, type Random } from '@tramline/core';
import type { DatabaseSync } from 'node:sqlite';
import type { Row, SqlClient, SqlValue, Statement } from '../sql/sql-client.js';
import { isBusy } from '../sqlite/sqlite-error.js';
import { DatabaseBusyError } from './busy-error.js';
import { Connection } from './connection.js';
import { openConnection, type DatabaseFile } from './file.js';
import { transactionFault } from './transaction-fault.js';
import { Turns } from './turns.js';

/** First wait for a lock of another connection, and the longest: commits take a millisecond or less. */
const FIRST_WAIT_MS = 0.5;
const LONGEST_WAIT_MS = 20;

/**
 * `node:sqlite` is synchronous and SQLite has one write lock, so everything here is about not blocking the event loop: our
 * own transactions take turns, which costs no waiting thread, and a lock that another connection holds is tried again later.
 *
 * Two connections to the caller's file, opened when first needed. `writing` runs `transaction`; it is closed after a rollback,
 * because what has failed may still be running, and must not find itself in the next one's transaction. `single` runs what
 * is a transaction by itself, at once, also while `writing` is in one.
 */
export class NodeSqliteClient implements SqlClient<DatabaseSync> {
  readonly name = 'node:sqlite';
  readonly dialect = 'sqlite';
  readonly seesTransactions = true;
  readonly #given = new WeakMap<DatabaseSync, Connection>();
  readonly #turns: Turns;
  #writing: Connection | undefined;
  #single: Promise<Connection> | undefined;
  #closed = false;
  /** Whether the transaction whose turn it is has the lock, and does not wait for it itself. */
  #locked = false;

  constructor(
    private readonly file: DatabaseFile,
    private readonly busyTimeoutMs: number,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.#turns = new Turns(
      clock,
      busyTimeoutMs,
      () => new DatabaseBusyError(file.path, this.#locked ? 'this process' : 'somebody', busyTimeoutMs),
    );
  }

  async execute(tx: DatabaseSync, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    let connection = this.#given.get(tx);
    if (!connection) this.#given.set(tx, (connection = new Connection(tx)));
    return connection.all(sql, params);
  }

  transactionFault(tx: unknown): string | undefined {
    return transactionFault(tx, this.file.path);
  }

  transaction<T>(work: (tx: DatabaseSync) => Promise<T>): Promise<T> {
    return this.#turns.run(async () => {
      const connection = await this.#openWriting();
      try {
        await this.#patiently(() => connection.exec('BEGIN IMMEDIATE'));
        this.#locked = true;
        const result = await work(connection.database);
        if (!connection.database.isTransaction) throw endedByItself();
        await this.#patiently(() => connection.exec('COMMIT'));
        this.#keep(connection);
        return result;
      } catch (error) {
        connection.close();
        throw error;
      } finally {
        this.#locked = false;
      }
    });
  }

  async query(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    const connection = await this.#openSingle();
    return this.#atOnce(() => connection.all(sql, params));
  }

  async batch(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    const connection = await this.#openSingle();
    return this.#atOnce(() => {
      connection.exec('BEGIN IMMEDIATE');
      try {
        const answers = statements.map(({ sql, params }) => connection.all(sql, params));
        connection.exec('COMMIT');
        return answers;
      } catch (error) {
        if (connection.database.isTransaction) connection.exec('ROLLBACK');
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    // One that is in a transaction is closed at its end.
    this.#writing?.close();
    this.#writing = undefined;
    const single = await this.#single?.catch(() => undefined);
    single?.close();
  }

  /**
   * Tries at once, and takes its turn only when somebody holds the lock: reading never waits. Before the transactions that
   * wait: behind hundreds of them, what the relay settles would wait for all, and what it has to bring would wait with it.
   */
  async #atOnce<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      return this.#turns.runNext(() => this.#patiently(work));
    }
  }

  async #patiently<T>(work: () => T): Promise<T> {
    const deadline = this.clock.monotonic() + this.busyTimeoutMs;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (this.clock.monotonic() > deadline)
          throw new DatabaseBusyError(this.file.path, 'somebody', this.busyTimeoutMs, { cause: error });
        await sleep(this.clock, wait * (0.5 + this.random.next()));
      }
    }
  }

  async #openWriting(): Promise<Connection> {
    const kept = this.#writing;
    this.#writing = undefined;
    if (kept?.database.isOpen) return kept;
    return openConnection(this.file, (work) => this.#patiently(work));
  }

  #keep(connection: Connection): void {
    if (this.#closed) connection.close();
    else this.#writing = connection;
  }

  /** Its commits need not survive a power failure: what the relay forgets by one, it does again. */
  async #openSingle(): Promise<Connection> {
    if (this.#closed) throw new ClosedError('The outbox');
    this.#single ??= openConnection({ ...this.file, synchronous: 1 }, (work) => this.#patiently(work)).catch(
      (error: unknown) => {
        this.#single = undefined;
        throw error;
      },
    );
    return this.#single;
  }
}

function endedByItself(): OutboxError {
  return new OutboxError(
    'TRAMLINE_TRANSACTION_ENDED',
    'The transaction was ended from within. Leave COMMIT and ROLLBACK to whoever opened it: return to commit, throw to roll back.',
  );
}
