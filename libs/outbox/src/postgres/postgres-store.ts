import type { OutboxStore } from '@tramline/core/outbox';
import { sqlFor } from '../migrate/sql-for.js';
import { checkTables } from '../sql/identifier.js';
import type { SqlClient } from '../sql/sql-client.js';
import type { TableOptions } from '../sql/tables.js';
import { check } from './check.js';
import { PostgresContext } from './context.js';
import { deadRows } from './dead-rows.js';
import { holds } from './holds.js';
import { horizon } from './horizon.js';
import { inbox } from './inbox.js';
import { leases } from './leases.js';
import { pending } from './pending.js';
import { scheduled } from './scheduled.js';
import { kindOf } from './sql-state.js';
import { status } from './status.js';
import { writer } from './writer.js';

/**
 * Outbox and inbox in a PostgreSQL database, version 14 or later, through any library. It keeps no session state, neither
 * locks nor named statements, so a pooler in transaction mode may stand between.
 * @throws ConfigurationError when schema or prefix are no names
 */
export function postgresStore<Tx>(client: SqlClient<Tx>, tables: TableOptions = {}): OutboxStore<Tx> {
  checkTables(tables);
  const context = new PostgresContext(client, tables);
  return {
    name: client.name,
    kindOf,
    migrationSql: () => sqlFor('postgres', tables),
    close: () => client.close(),
    ...check(context),
    ...writer(context),
    ...inbox(context),
    ...leases(context),
    ...horizon(context),
    ...pending(context),
    ...holds(context),
    ...scheduled(context),
    ...deadRows(context),
    ...status(context),
  };
}
