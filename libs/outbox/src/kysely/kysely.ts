import { ConfigurationError, type OutboxProvider } from '@tramline/core';
import type { Kysely, Transaction } from 'kysely';
import type { OutboxOptions } from '../backend/options.js';
import { provide } from '../backend/provide.js';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { sqliteStore } from '../sqlite/sqlite-store.js';
import { KyselyClient } from './kysely-client.js';

/** What can be said of an outbox through Kysely. */
export interface KyselyOptions extends OutboxOptions {
  /** Which database the instance talks to: it does not tell by itself. */
  readonly dialect: 'postgres' | 'sqlite';
}

/**
 * Outbox and inbox through Kysely. A transaction is what `db.transaction()` or `db.startTransaction()` gives:
 * `await db.transaction().execute(async (trx) => { … await outbox.publish(trx, UserRegistered, payload); })`.
 *
 * On SQLite Kysely has one connection, on which the relay takes its turn: keep transactions short, and inside one use its trx.
 * @param db - stays yours: destroy it after the application has stopped
 * @throws ConfigurationError with every fault of the options
 */
export function kysely<DB>(db: Kysely<DB>, options: KyselyOptions): OutboxProvider<Transaction<DB>> {
  // JavaScript callers.
  const { dialect, ...common } = options ?? {};
  if (dialect !== 'postgres' && dialect !== 'sqlite')
    throw new ConfigurationError([
      `outbox.dialect is ${JSON.stringify(dialect)}; give 'postgres' or 'sqlite': kysely(db, { dialect: 'postgres' }).`,
    ]);
  return provide(
    'kysely',
    (tables) => {
      const client = new KyselyClient(db, dialect);
      const store = dialect === 'postgres' ? postgresStore(client, tables) : sqliteStore(client, tables);
      return { store, migrate: () => migrate(client, tables) };
    },
    common,
  );
}
