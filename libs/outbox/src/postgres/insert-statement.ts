import { fromNow } from './context.js';
import type { Names } from './names.js';

/** What distinguishes one statement that inserts from another. */
export interface InsertKind {
  /** `key`, `keys`: what the rows' keys need; `outbox`: the lock of the whole outbox, alone. */
  readonly locks: 'none' | 'key' | 'keys' | 'outbox';
  /** Into the scheduled table, which needs no locks. */
  readonly delayed: boolean;
  /**
   * Inserts nothing unless a transaction is open.
   * - `written`: one in which something was written before, so that it has an id; a statement by itself gets one when it writes.
   * - `same`: the one that an earlier statement ran in, whose id is the last parameter.
   */
  readonly guard: 'none' | 'written' | 'same';
}

const COLUMNS = 'event_id, type, topic, key, partition, bucket, headers, payload';

function condition(guard: InsertKind['guard'], parameter: number): string {
  if (guard === 'none') return 'true';
  return guard === 'same'
    ? `pg_current_xact_id()::text = $${parameter}::text`
    : 'pg_current_xact_id_if_assigned() IS NOT NULL';
}

/** What a guarded statement answers for each row: the transaction that it was written in. */
const answer = (guard: InsertKind['guard']): string =>
  guard === 'none' ? '' : 'RETURNING pg_current_xact_id()::text AS xid';

/**
 * One row, with a parameter for each column: the common case. It costs the server an eighth of {@link insertMany}, most of
 * which goes into planning. The id is drawn within a CASE, which is evaluated from outside inwards: after the locks.
 * Parameters: the key's lock where there is one, or the delay; event_id, type, topic, key, partition, bucket, headers, payload.
 */
export function insertOne(names: Names, { locks, delayed, guard }: InsertKind): string {
  const first = locks === 'key' || delayed ? 2 : 1;
  const text = (place: number): string => `$${first + place}::text`;
  const bytes = (place: number): string => `decode(${text(place)}, 'base64')`;
  const values = [
    ...[text(0), text(1), text(2), bytes(3)],
    ...[`$${first + 4}::integer`, `$${first + 5}::integer`, text(6), bytes(7)],
  ].join(', ');
  // VALUES costs less to plan than SELECT, but has no WHERE.
  const row = (id: string): string =>
    guard === 'none'
      ? `VALUES (${id}, ${values})`
      : `SELECT ${id}, ${values} WHERE ${condition(guard, first + 8)} ${answer(guard)}`;
  if (delayed) return `INSERT INTO ${names.scheduled} (due_at, ${COLUMNS}) ${row(fromNow('$1::bigint'))}`;
  const draw =
    locks === 'key'
      ? `CASE WHEN pg_advisory_xact_lock(${names.lockClass}, $1::integer) IS NOT NULL THEN ${names.nextId} END`
      : names.nextId;
  const id = `CASE WHEN pg_advisory_xact_lock_shared(${names.lockClass}, 0) IS NOT NULL THEN ${draw} END`;
  return `INSERT INTO ${names.outbox} (id, ${COLUMNS}) ${row(id)}`;
}

/**
 * Any number of rows, as one parameter of JSON: `{ locks, rows }`. The ids are drawn above a sorted subquery, which needs the
 * count of the locks taken: so they come after all of them by data and not by plan, and in the order of the rows.
 */
export function insertMany(names: Names, { locks, delayed, guard }: InsertKind): string {
  const rows = `SELECT r.event_id, r.type, r.topic, decode(r.key, 'base64'), r.partition, r.bucket, r.headers, decode(r.payload, 'base64')
      FROM given, ROWS FROM (json_to_recordset(given.value->'rows') AS (
        event_id text, type text, topic text, key text, partition integer, bucket integer, headers text, payload text
      )) WITH ORDINALITY AS r (event_id, type, topic, key, partition, bucket, headers, payload, place)
      WHERE ${condition(guard, delayed ? 3 : 2)}`;
  const given = `WITH given AS MATERIALIZED (SELECT $1::text::json AS value)`;
  if (delayed)
    return `${given}
    INSERT INTO ${names.scheduled} (due_at, ${COLUMNS})
      SELECT ${fromNow('$2::bigint')}, ready.* FROM (${rows} ORDER BY r.place) ready ${answer(guard)}`;
  const outboxLock = locks === 'outbox' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  return `${given},
    outbox_lock AS MATERIALIZED (SELECT ${outboxLock}(${names.lockClass}, 0)),
    key_locks AS MATERIALIZED (
      SELECT pg_advisory_xact_lock(${names.lockClass}, one.hash) FROM (
        SELECT l.hash::integer FROM given, json_array_elements_text(given.value->'locks') WITH ORDINALITY AS l (hash, place)
        WHERE (SELECT count(*) FROM outbox_lock) = 1 ORDER BY l.place) one)
    INSERT INTO ${names.outbox} (id, ${COLUMNS})
      SELECT ${names.nextId}, ready.* FROM (${rows}
        AND (SELECT count(*) FROM outbox_lock) + (SELECT count(*) FROM key_locks) > 0
        ORDER BY r.place) ready ${answer(guard)}`;
}
