import type { OutboxProvider } from '@tramline/core';
import type { ClientBase, Pool } from 'pg';
import { provide } from '../backend/provide.js';
import type { OutboxOptions } from '../backend/options.js';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { PgClient } from './pg-client.js';

/**
 * Outbox and inbox in PostgreSQL through the library pg. A transaction is the client on which you ran BEGIN:
 * `outbox.publish(client, UserRegistered, payload)`. The relay takes connections of the pool for single statements: one,
 * and behind a backlog a second one where it is to be had.
 * @param pool - stays yours: end it after the application has stopped
 * @throws ConfigurationError with every fault of the options
 */
export function pg(pool: Pool, options: OutboxOptions = {}): OutboxProvider<ClientBase> {
  return provide(
    'pg',
    (tables) => {
      const client = new PgClient(pool);
      return { store: postgresStore(client, tables), migrate: () => migrate(client, tables) };
    },
    options,
  );
}
