export { provide } from './backend/provide.js';
export type { OpenedStore, OpenStore } from './backend/open-store.js';
export type { InboxOptions, OutboxOptions, RelayOptions } from './backend/options.js';
export type { Row, SqlClient, SqlValue } from './sql/sql-client.js';
export type { TableOptions } from './sql/tables.js';
