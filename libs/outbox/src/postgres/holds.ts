import type { RelayStore } from '@tramline/core/outbox';
import { errorText, fromNow, inMs, numberArray, type PostgresContext } from './context.js';
import { fence, fenceParams, given, givenParams, isGiven } from './fence.js';

/** As a whole number, which any library passes on as it is. */
const microseconds = (time: string) => `(extract(epoch FROM ${time}) * 1000000)::bigint`;

/** Keys that wait after a failure. */
export function holds<Tx>(context: PostgresContext<Tx>): Pick<RelayStore, 'hold' | 'holds' | 'lift'> {
  const { names } = context;
  // A key is held once, by the first of its rows; rows without key have no such index to meet in, only their own id.
  const holding = (rows: string) => `WITH ${fence(names, 1)}, ${given(3)},
    due AS MATERIALIZED (SELECT ${fromNow('$5::bigint')} AS until),
    waiting AS (${rows}),
    keys AS (INSERT INTO ${names.held} (row_id, bucket, topic, key, until)
      SELECT DISTINCT ON (w.topic, w.key) w.id, w.bucket, w.topic, w.key, due.until
      FROM waiting w, due WHERE w.key IS NOT NULL ORDER BY w.topic, w.key, w.id
      ON CONFLICT (topic, sha256(key)) DO UPDATE SET until = excluded.until)
    INSERT INTO ${names.held} (row_id, bucket, topic, key, until)
      SELECT w.id, w.bucket, w.topic, NULL, due.until FROM waiting w, due WHERE w.key IS NULL ORDER BY w.id
      ON CONFLICT (row_id) DO UPDATE SET until = excluded.until`;
  const hold = holding(
    `SELECT o.id, o.bucket, o.topic, o.key FROM ${names.outbox} o, given WHERE ${isGiven}`,
  );
  const holdFailed = holding(
    `UPDATE ${names.outbox} o SET attempts = o.attempts + 1, last_error = $6::text FROM given WHERE ${isGiven}
      RETURNING o.id, o.bucket, o.topic, o.key`,
  );
  const list = `SELECT row_id, bucket, ${inMs('until - clock_timestamp()')} AS due_in, ${microseconds('until')} AS due_at
    FROM ${names.held}
    WHERE bucket = ANY ($1::text::integer[]) ORDER BY row_id`;
  const lift = `WITH ${fence(names, 1)},
    lifted AS MATERIALIZED (
      SELECT * FROM unnest($3::text::bigint[], $4::text::bigint[]) AS l (row_id, due_at))
    DELETE FROM ${names.held} h USING fence, lifted
    WHERE h.row_id = ANY (ARRAY(SELECT row_id FROM lifted)) AND h.row_id = lifted.row_id
      AND ${microseconds('h.until')} = lifted.due_at AND h.bucket = fence.bucket`;

  return {
    async hold(leases, rows, forMs, failure) {
      if (rows.length === 0) return;
      const params = [...fenceParams(leases, rows), ...givenParams(rows), Math.ceil(forMs)];
      if (failure === null) await context.query('relay', hold, ...params);
      else await context.query('relay', holdFailed, ...params, errorText(failure));
    },

    async holds(buckets) {
      const rows = await context.query('relay', list, numberArray(buckets));
      return rows.map((row) => ({
        rowId: Number(row['row_id']),
        bucket: Number(row['bucket']),
        dueInMs: Number(row['due_in']),
        until: Number(row['due_at']),
      }));
    },

    async lift(leases, due) {
      if (due.length === 0) return;
      const rows = numberArray(due.map(({ rowId }) => rowId));
      const times = numberArray(due.map(({ until }) => until));
      await context.query('relay', lift, ...fenceParams(leases, due), rows, times);
    },
  };
}
