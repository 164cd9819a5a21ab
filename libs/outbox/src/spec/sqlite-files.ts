import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock, systemRandom } from '@tramline/core';
import type { OutboxStore } from '@tramline/core/outbox';
import { migrationsTable } from '../migrate/migrations.js';
import { NodeSqliteClient } from '../node-sqlite/client.js';
import { sqliteStore } from '../sqlite/sqlite-store.js';

const MIGRATIONS = new URL('../../migrations/sqlite/', import.meta.url);

/** Runs the files as somebody would who migrates by other means. */
export function makeTables(db: DatabaseSync, last = Infinity): void {
  db.exec(migrationsTable('sqlite', {}));
  readdirSync(MIGRATIONS)
    .sort()
    .slice(0, last)
    .forEach((name, index) => {
      db.exec(readFileSync(new URL(name, MIGRATIONS), 'utf8'));
      db.prepare('INSERT INTO tramline_migrations (version) VALUES (?)').run(index + 1);
    });
}

/** A directory of SQLite files, and everything that was opened on them. */
export class SqliteFiles {
  readonly directory = mkdtempSync(join(tmpdir(), 'tramline-outbox-'));
  readonly #opened: DatabaseSync[] = [];
  readonly #stores: OutboxStore<DatabaseSync>[] = [];

  path(name = 'service.db'): string {
    return join(this.directory, name);
  }

  /** A connection as a service has one. */
  connect(name?: string): DatabaseSync {
    const db = new DatabaseSync(this.path(name), { timeout: 5_000 });
    this.#opened.push(db);
    return db;
  }

  /** With our tables. */
  make(name?: string): DatabaseSync {
    const db = this.connect(name);
    db.exec('PRAGMA journal_mode = WAL');
    makeTables(db);
    return db;
  }

  client(
    name?: string,
    busyTimeoutMs = 10_000,
    onConnect: (db: DatabaseSync) => void = () => undefined,
  ): NodeSqliteClient {
    const file = { path: this.path(name), synchronous: 2, onConnect };
    return new NodeSqliteClient(file, busyTimeoutMs, systemClock, systemRandom);
  }

  /** A store on a file, as another process would open it. */
  store(name?: string, busyTimeoutMs?: number): OutboxStore<DatabaseSync> {
    const store = sqliteStore(this.client(name, busyTimeoutMs));
    this.#stores.push(store);
    return store;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
    for (const db of this.#opened) if (db.isOpen) db.close();
    rmSync(this.directory, { recursive: true });
  }
}
