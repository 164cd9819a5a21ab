import type { RelayStore } from '@tramline/core/outbox';
import type { PostgresContext } from './context.js';

/** Who holds our lock, granted; `l` is `pg_locks`. The exclusive form counts like the shared one. */
export const isWriter = (lockClass: string): string =>
  `l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
    AND l.classid = ${lockClass}::oid AND l.objid = 0
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())`;

export function horizon<Tx>(context: PostgresContext<Tx>): Pick<RelayStore, 'horizon'> {
  const { names } = context;
  const drawn = `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS drawn FROM ${names.ids}`;
  // A virtual transaction's number begins anew when the server does, and with it the names would.
  const writers = `SELECT l.virtualtransaction || '@' || extract(epoch FROM pg_postmaster_start_time())::text AS name
    FROM pg_locks l WHERE ${isWriter(names.lockClass)}`;

  return {
    async horizon() {
      // Two statements: whoever drew an id up to this one took the lock before, so it is in the second unless it ended.
      const [row] = await context.query('relay', drawn);
      const rows = await context.query('relay', writers);
      return { drawn: Number(row!['drawn']), writers: rows.map(({ name }) => name as string) };
    },
  };
}
