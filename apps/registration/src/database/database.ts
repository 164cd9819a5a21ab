import type { OutboxProvider } from '@tramline/nest';
import type { UsersStore } from '../users/users.store.js';

/** Where this service keeps its tables. `Tx` is what a transaction of it looks like; only the stores know. */
export abstract class Database<Tx = unknown> {
  /** Brings what was published in a transaction of this database to the broker, and nothing else. */
  abstract readonly outbox: OutboxProvider<Tx>;
  abstract readonly users: UsersStore<Tx>;
  abstract close(): Promise<void>;
}
