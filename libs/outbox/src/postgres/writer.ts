import { asError, OutboxError } from '@tramline/core';
import type { OutboxEntry, WriterStore } from '@tramline/core/outbox';
import { bucketOf } from '../sql/bucket.js';
import { headersToText } from '../sql/headers-text.js';
import type { Row, SqlValue } from '../sql/sql-client.js';
import { numberArray, type PostgresContext } from './context.js';
import { explained, MISSING } from './explained.js';
import { keyLocks } from './key-locks.js';
import { hasState, SqlState } from './sql-state.js';

/** More keys than this in one call take the lock of the whole outbox instead: the server's table of locks is small. */
const MOST_KEY_LOCKS = 256;

/** Any transaction in which something was written before: it has a name by then, and a statement by itself gets one when it writes. */
const WRITTEN = 'written';

/** Writes in the caller's transaction, with one statement: functions of the database take the locks and then draw the ids. */
export function writer<Tx>(context: PostgresContext<Tx>): WriterStore<Tx> {
  const { client, names, named } = context;
  const one = `SELECT ${names.publish}($1::text, $2::integer, $3::bigint,
    $4::text, $5::text, $6::text, $7::text, $8::integer, $9::integer, $10::text, $11::text) AS xid`;
  const all = `SELECT ${names.publishAll}($1::text, $2::text, $3::bigint, $4::text) AS xid`;
  let buckets = 0;

  const run = async (tx: Tx, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> => {
    try {
      return await client.execute(tx, sql, params);
    } catch (error) {
      throw refused(error, context);
    }
  };

  return {
    async insert(tx, entries, { ordered, delayMs }) {
      const fault = client.transactionFault(tx);
      if (fault !== undefined) throw new OutboxError('TRAMLINE_NO_TRANSACTION', fault);
      // Fixed when the tables were made, so once is enough.
      buckets ||= await countBuckets(tx);
      const locks = ordered && delayMs === null ? keyLocks(entries) : [];
      const delay = delayMs === null ? null : Math.ceil(delayMs);
      const rows = entries.map((entry) => rowOf(entry, buckets));
      const [first, ...others] = rows;
      const touched = rows.map(({ bucket }) => bucket);
      /** @returns the transaction's name on the server; null when it is not the one that was asked for */
      const write = async (inTransaction: string | null): Promise<string | null> => {
        const [row] =
          others.length === 0
            ? await run(tx, one, [inTransaction, locks[0] ?? null, delay, ...Object.values(first!)])
            : await run(tx, all, [inTransaction, listOf(locks), delay, JSON.stringify(rows)]);
        return row!['xid'] as string | null;
      };
      if (client.seesTransactions) {
        await write(null);
        return touched;
      }
      // Most transactions write something of their own first, and so does every one that knows its effect.
      const xid = (await write(WRITTEN)) ?? (await write(await transactionId(tx)));
      if (xid === null) throw new OutboxError('TRAMLINE_NO_TRANSACTION', NOT_OPEN);
      named.set(tx as object, xid);
      return touched;
    },

    transaction: (work) => client.transaction(work),
  };

  async function countBuckets(tx: Tx): Promise<number> {
    const [row] = await run(tx, `SELECT count(*) AS buckets FROM ${names.lease}`, []);
    return Number(row!['buckets']);
  }

  async function transactionId(tx: Tx): Promise<string> {
    const [row] = await run(tx, 'SELECT pg_current_xact_id()::text AS xid', []);
    return row!['xid'] as string;
  }
}

/** Null: the lock of the whole outbox. */
function listOf(locks: readonly number[]): string | null {
  return locks.length > MOST_KEY_LOCKS ? null : numberArray(locks);
}

/** The columns of a row in the order of the function's parameters. Bytes as base64: JSON has none, and every library passes text on alike. */
function rowOf(entry: OutboxEntry, buckets: number) {
  const { id, type, topic, partition, record } = entry;
  return {
    event_id: id,
    type,
    topic,
    key: base64(record.key),
    partition: partition ?? null,
    bucket: bucketOf(entry, buckets),
    headers: headersToText(record.headers),
    payload: base64(record.value),
  };
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

const NOT_OPEN =
  'no transaction is open: each statement ran by itself. Pass what runs statements within the transaction, and publish before it ends';

/** What to throw instead of the driver's error, where it means that there was no transaction to write in. */
function refused<Tx>(error: unknown, { tables, tablesSeen }: PostgresContext<Tx>): unknown {
  if (hasState(error, SqlState.ABORTED))
    return new OutboxError(
      'TRAMLINE_NO_TRANSACTION',
      'an earlier statement of the transaction failed, and PostgreSQL takes no more of it. Let that error end the transaction',
      { cause: error },
    );
  if (tablesSeen && MISSING.some((state) => hasState(error, state)))
    return new OutboxError(
      'TRAMLINE_NO_TRANSACTION',
      `the transaction is of another database, which has no tables of the outbox, or somebody has taken them away ` +
        `(${asError(error).message}). Pass a transaction of the database that the outbox was given, or put the tables back`,
      { cause: error },
    );
  if (hasState(error, SqlState.NO_MEMORY))
    return new OutboxError(
      'TRAMLINE_OUTBOX_LOCKS',
      `PostgreSQL has no room for the locks of so many keys (${asError(error).message}). Publish events of many keys with one ` +
        `publishAll, which takes a single lock from ${MOST_KEY_LOCKS + 1} keys on, or with ordered: false, or in several ` +
        'transactions; or raise max_locks_per_transaction.',
      { cause: error },
    );
  return explained(error, 'publish', tables);
}
