import type { OutboxEnvironment, OutboxMigration, OutboxStore } from '@tramline/core/outbox';
import type { TableOptions } from '../sql/tables.js';

/** A store that was opened for one bus. */
export interface OpenedStore<Tx> {
  readonly store: OutboxStore<Tx>;
  /** Makes the tables, or brings them up to date. Called at start, only where `autoCreate` asks for it, and by an operator; perhaps repeatedly. */
  readonly migrate: () => Promise<OutboxMigration>;
  /** How many rows the relay asks for at once. Default 5,000; for simulations, whose tables are small. */
  readonly pageRows?: number;
}

/** How a database's entry point opens its store. Connects to nothing: the first statement does. */
export type OpenStore<Tx> = (tables: TableOptions, environment: OutboxEnvironment) => OpenedStore<Tx>;
