import type { OutboxStore } from '@tramline/core/outbox';
import { sqlFor } from '../migrate/sql-for.js';
import { checkTables } from '../sql/identifier.js';
import type { SqlClient } from '../sql/sql-client.js';
import type { TableOptions } from '../sql/tables.js';
import { check } from './check.js';
import type { SqliteContext } from './context.js';
import { deadRows } from './dead-rows.js';
import { explaining } from './explaining.js';
import { holds } from './holds.js';
import { inbox } from './inbox.js';
import { leases } from './leases.js';
import { names } from './names.js';
import { pending } from './pending.js';
import { scheduled } from './scheduled.js';
import { kindOf } from './sqlite-error.js';
import { status } from './status.js';
import { writer } from './writer.js';

/**
 * Outbox and inbox in an SQLite file, through any library. Several processes may use the file; each waits for the others as
 * its library does.
 *
 * Power loss: what a commit promises is what the PRAGMA `synchronous` of the connection that committed says. `FULL` keeps
 * everything; `NORMAL`, in WAL mode, may lose the last commits, of the caller's tables and of the outbox alike.
 */
export function sqliteStore<Tx>(client: SqlClient<Tx>, tables: TableOptions = {}): OutboxStore<Tx> {
  checkTables(tables);
  const context: SqliteContext<Tx> = { client: explaining(client), names: names(tables) };
  return {
    name: client.name,
    kindOf,
    migrationSql: () => sqlFor('sqlite', tables),
    close: () => client.close(),
    ...check(context),
    ...writer(context),
    ...inbox(context),
    ...leases(context),
    ...pending(context),
    ...holds(context),
    ...scheduled(context),
    ...deadRows(context),
    ...status(context),
  };
}
