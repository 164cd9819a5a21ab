import { OutboxError } from '@tramline/core';
import type { OutboxEntry, WriterStore } from '@tramline/core/outbox';
import { headersToText } from '../sql/headers-text.js';
import type { Row, SqlValue } from '../sql/sql-client.js';
import { PostgresContext, fromNow } from './context.js';
import { explained } from './explained.js';
import { hashOf, keyLocks } from './lock-hash.js';
import type { Names } from './names.js';
import { hasState, SqlState } from './sql-state.js';

/** More keys than this in one call take the lock of the whole outbox instead: the server's table of locks is small. */
const MOST_KEY_LOCKS = 256;

const COLUMNS = 'event_id, type, topic, key, partition, bucket, headers, payload';

/**
 * Writes in the caller's transaction. One statement takes the locks and then draws the ids, in this order by data and not by
 * plan: the rows to insert come out of a sorted subquery that needs the count of locks taken, and ids are drawn above it.
 */
export function writer<Tx>(context: PostgresContext<Tx>): WriterStore<Tx> {
  const { client } = context;
  const statements = new Map<string, string>();

  /** Statements differ in what they lock, in where they write, and in whether they are guarded. */
  const statement = (kind: Kind): string => {
    const name = JSON.stringify(kind);
    const known = statements.get(name) ?? insertStatement(context.names, kind);
    statements.set(name, known);
    return known;
  };

  const run = async (tx: Tx, sql: string, ...params: SqlValue[]): Promise<readonly Row[]> => {
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
      const locks = ordered && delayMs === null ? keyLocks(entries) : [];
      const whole = locks.length > MOST_KEY_LOCKS;
      const guarded = !client.seesTransactions;
      const sql = statement({ locks: whole ? 'outbox' : 'keys', delayed: delayMs !== null, guarded });
      const given = JSON.stringify({ locks: whole ? [] : locks, rows: entries.map(rowOf) });
      const params: SqlValue[] = delayMs === null ? [given] : [given, Math.ceil(delayMs)];
      if (guarded) {
        const [row] = await run(tx, 'SELECT pg_current_xact_id()::text AS xid');
        params.push(row!['xid'] as string);
      }
      const [row] = await run(tx, sql, ...params);
      if (Number(row!['written']) !== entries.length)
        throw new OutboxError('TRAMLINE_NO_TRANSACTION', NOT_OPEN);
    },

    transaction: (work) => client.transaction(work),
  };
}

interface Kind {
  readonly locks: 'keys' | 'outbox';
  readonly delayed: boolean;
  /** Inserts nothing unless the transaction is still that of an earlier statement: its last parameter. */
  readonly guarded: boolean;
}

function insertStatement(names: Names, { locks, delayed, guarded }: Kind): string {
  const guard = guarded ? ` AND pg_current_xact_id()::text = $${delayed ? 3 : 2}::text` : '';
  const rows = `SELECT r.id, r.type, r.topic, decode(r.key, 'base64'), r.partition,
        (r.hash % (SELECT count(*) FROM ${names.lease}))::integer, r.headers, decode(r.payload, 'base64')
      FROM given, ROWS FROM (json_to_recordset(given.value->'rows') AS (
        id text, type text, topic text, key text, partition integer, hash bigint, headers text, payload text
      )) WITH ORDINALITY AS r (id, type, topic, key, partition, hash, headers, payload, place)`;
  if (delayed)
    return `WITH given AS MATERIALIZED (SELECT $1::text::json AS value),
    written AS (INSERT INTO ${names.scheduled} (due_at, ${COLUMNS})
      SELECT ${fromNow('$2::bigint')}, ready.* FROM (${rows} WHERE true${guard} ORDER BY r.place) ready RETURNING 1)
    SELECT count(*) AS written FROM written`;
  const outboxLock = locks === 'outbox' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  return `WITH given AS MATERIALIZED (SELECT $1::text::json AS value),
    outbox_lock AS MATERIALIZED (SELECT ${outboxLock}(${names.lockClass}, 0)),
    key_locks AS MATERIALIZED (
      SELECT pg_advisory_xact_lock(${names.lockClass}, one.hash) FROM (
        SELECT l.hash::integer FROM given, json_array_elements_text(given.value->'locks') WITH ORDINALITY AS l (hash, place)
        WHERE (SELECT count(*) FROM outbox_lock) = 1 ORDER BY l.place) one),
    written AS (INSERT INTO ${names.outbox} (id, ${COLUMNS})
      SELECT ${names.nextId}, ready.* FROM (${rows}
        WHERE (SELECT count(*) FROM outbox_lock) + (SELECT count(*) FROM key_locks) > 0${guard}
        ORDER BY r.place) ready RETURNING 1)
    SELECT count(*) AS written FROM written`;
}

/** Bytes as base64: JSON has none, and every library passes text on alike. */
function rowOf(entry: OutboxEntry) {
  const { id, type, topic, partition, record } = entry;
  return {
    id,
    type,
    topic,
    key: base64(record.key),
    partition,
    hash: hashOf(entry),
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
  if (tablesSeen && [SqlState.NO_TABLE, SqlState.NO_SCHEMA].some((state) => hasState(error, state)))
    return new OutboxError(
      'TRAMLINE_NO_TRANSACTION',
      `the transaction is of another database, which has no tables of the outbox. Pass one of the database that the outbox was given`,
      { cause: error },
    );
  return explained(error, 'publish', tables);
}
