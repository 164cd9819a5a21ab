import type { OutboxProvider } from '@tramline/core';
import type { DatabaseSync } from 'node:sqlite';
import { provide } from '../backend/provide.js';
import { migrate } from '../migrate/migrate.js';
import { sqliteStore } from '../sqlite/sqlite-store.js';
import { NodeSqliteClient } from './client.js';
import { nodeSqliteSettings, type NodeSqliteOptions } from './options.js';

/**
 * An outbox in the SQLite file that your service keeps its own tables in. `db` says which file that is, and how durably a
 * commit is written (`PRAGMA synchronous`); transactions run on connections of their own, so that those of two callers never
 * mix: open them with `outbox.transaction(async (tx) => …)` and do everything that belongs together on `tx`.
 *
 * SQLite has one writer at a time. While such a transaction is open, a write on `db` itself makes SQLite wait for it, which
 * blocks the event loop on which that transaction waits: write on `tx`, and keep `db` for reading. The file is put into WAL
 * mode, where reading waits for nobody.
 * @throws ConfigurationError when the database is in memory or closed, options are wrong, or this Node has no `node:sqlite`
 */
export function nodeSqlite(db: DatabaseSync, options: NodeSqliteOptions = {}): OutboxProvider<DatabaseSync> {
  const { file, busyTimeoutMs, common } = nodeSqliteSettings(db, options);
  return provide(
    'nodeSqlite',
    (tables, { clock, random }) => {
      const client = new NodeSqliteClient(file, busyTimeoutMs, clock, random);
      return { store: sqliteStore(client, tables), migrate: () => migrate(client, tables) };
    },
    common,
  );
}
