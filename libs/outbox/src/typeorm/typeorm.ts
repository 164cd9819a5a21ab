import { ConfigurationError, type OutboxProvider } from '@tramline/core';
import type { DataSource, EntityManager } from 'typeorm';
import type { OutboxOptions } from '../backend/options.js';
import { provide } from '../backend/provide.js';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { TypeOrmClient } from './typeorm-client.js';

/**
 * Outbox and inbox in PostgreSQL through TypeORM. A transaction is its EntityManager:
 * `await dataSource.transaction(async (manager) => { … await outbox.publish(manager, UserRegistered, payload); })`.
 * @param dataSource - stays yours; initialized when the application starts, and destroyed after it has stopped
 * @throws ConfigurationError with every fault of the options, and when the database is no PostgreSQL
 */
export function typeorm(dataSource: DataSource, options: OutboxOptions = {}): OutboxProvider<EntityManager> {
  const type: unknown = dataSource?.options?.type;
  if (type !== 'postgres')
    throw new ConfigurationError([
      `outbox: typeorm() takes a DataSource of PostgreSQL, and this one has type ${JSON.stringify(type)}. ` +
        'On SQLite TypeORM runs what happens at once in one transaction: use nodeSqlite(db), or kysely(db), for its file.',
    ]);
  return provide(
    'typeorm',
    (tables) => {
      const client = new TypeOrmClient(dataSource);
      return { store: postgresStore(client, tables), migrate: () => migrate(client, tables) };
    },
    options,
  );
}
