import { ConfigurationError, type OutboxProvider } from '@tramline/core';
import { is, type TablesRelationalConfig } from 'drizzle-orm';
import { PgDatabase, type PgQueryResultHKT, type PgTransaction } from 'drizzle-orm/pg-core';
import type { OutboxOptions } from '../backend/options.js';
import { provide } from '../backend/provide.js';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { DrizzleClient } from './drizzle-client.js';

/**
 * Outbox and inbox in PostgreSQL through Drizzle, over node-postgres or postgres.js. A transaction is what `db.transaction`
 * gives: `await db.transaction(async (tx) => { … await outbox.publish(tx, UserRegistered, payload); })`.
 * @param db - stays yours: end its pool after the application has stopped
 * @throws ConfigurationError with every fault of the options, and when the database is no PostgreSQL
 */
export function drizzle<
  Driver extends PgQueryResultHKT,
  Full extends Record<string, unknown>,
  Schema extends TablesRelationalConfig,
>(
  db: PgDatabase<Driver, Full, Schema>,
  options: OutboxOptions = {},
): OutboxProvider<PgTransaction<Driver, Full, Schema>> {
  // JavaScript callers, and two copies of drizzle-orm.
  if (!is(db, PgDatabase))
    throw new ConfigurationError([
      'outbox: drizzle() takes a Drizzle database on PostgreSQL, such as drizzle(pool) of drizzle-orm/node-postgres. ' +
        'For SQLite use nodeSqlite(db).',
    ]);
  return provide(
    'drizzle',
    (tables) => {
      const client = new DrizzleClient(db);
      return { store: postgresStore(client, tables), migrate: () => migrate(client, tables) };
    },
    options,
  );
}
