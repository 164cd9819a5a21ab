export { describeOutboxStore, outboxStoreConformance, type BoundStoreCase } from './suite.js';
export type { OutboxStoreNeed, OutboxStoreSetup, OutboxStoreWorld } from './setup.js';
export { ModelDatabase, type ModelDatabaseOptions } from './model/database.js';
export type { DatabaseWatcher, FencedStatement } from './model/core.js';
export { ModelDatabaseError } from './model/errors.js';
export type { Statement, StatementCall, StatementFault, StatementFaultOptions } from './model/faults.js';
export type { ModelStore } from './model/store.js';
export type { HeldKey, LeaseRow, StoredRow } from './model/tables.js';
export type { ModelTransaction } from './model/transaction.js';
