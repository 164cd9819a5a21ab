export { nodeSqlite } from './node-sqlite.js';
export type { NodeSqliteOptions } from './options.js';
export { DatabaseBusyError } from './busy-error.js';
