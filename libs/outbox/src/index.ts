export type { Row, SqlClient, SqlValue } from './sql/sql-client.js';
export type { TableOptions } from './sql/tables.js';
