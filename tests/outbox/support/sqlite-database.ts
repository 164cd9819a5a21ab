import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { OutboxProvider } from '@tramline/core';
import { nodeSqlite, type NodeSqliteOptions } from '@tramline/outbox/node-sqlite';
import type { OutboxDatabase, OwnTransaction } from './outbox-database.ts';

/** A file of its own. */
export class SqliteDatabase implements OutboxDatabase {
  readonly name = 'SQLite';
  readonly db: DatabaseSync;
  readonly file: string;
  private readonly directory = mkdtempSync(join(tmpdir(), 'tramline-outbox-'));
  private readonly opened: DatabaseSync[] = [];

  constructor() {
    this.file = join(this.directory, 'service.db');
    this.db = this.connect();
    this.db.exec('PRAGMA journal_mode = WAL');
  }

  /** One connection more. */
  connect(file = this.file): DatabaseSync {
    const db = new DatabaseSync(file, { timeout: 5_000 });
    this.opened.push(db);
    return db;
  }

  provider(options: NodeSqliteOptions = {}): OutboxProvider {
    return nodeSqlite(this.db, { autoCreate: true, busyTimeout: '1s', ...options });
  }

  begin(): Promise<OwnTransaction> {
    const tx = this.connect();
    tx.exec('BEGIN IMMEDIATE');
    const end = (statement: string) => {
      tx.exec(statement);
      tx.close();
      return Promise.resolve();
    };
    return Promise.resolve({
      tx,
      commit: () => end('COMMIT'),
      rollback: () => end('ROLLBACK'),
      fail: async () => {
        try {
          tx.exec('SELECT nothing');
        } catch {
          // That is what it is for.
        }
      },
    });
  }

  run(sql: string): Promise<readonly Record<string, unknown>[]> {
    return Promise.resolve(this.db.prepare(sql).all() as Record<string, unknown>[]);
  }

  async foreign(work: (tx: unknown) => Promise<void>): Promise<void> {
    const other = this.connect(join(this.directory, 'other.db'));
    other.exec('BEGIN IMMEDIATE');
    await work(other);
  }

  close(): Promise<void> {
    for (const db of this.opened) if (db.isOpen) db.close();
    rmSync(this.directory, { recursive: true });
    return Promise.resolve();
  }
}
