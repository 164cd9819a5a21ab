export { provide } from './backend/provide.js';
export type { OpenedStore, OpenStore } from './backend/open-store.js';
export type { InboxOptions, OutboxOptions, RelayOptions } from './backend/options.js';
export { grantsFor, type Duty } from './migrate/grants.js';
export { migrate, type Migrated } from './migrate/migrate.js';
export type { Dialect } from './migrate/migrations.js';
export { sqlFor, type SqlForOptions } from './migrate/sql-for.js';
export type { Row, SqlClient, SqlValue } from './sql/sql-client.js';
export type { TableOptions } from './sql/tables.js';
