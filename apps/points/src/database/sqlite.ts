import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { OutboxProvider } from '@tramline/nest';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import type { Entry, Ledger } from '../ledger/ledger.js';
import type { Database } from './database.js';
import { openFile } from './open-file.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ledger (
    position INTEGER PRIMARY KEY,
    user_id  TEXT NOT NULL,
    points   INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    at       TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS ledger_user ON ledger (user_id);
`;

/** One SQLite file, this service's own, with Tramline's tables beside ours. */
export class SqliteDatabase implements Database<DatabaseSync> {
  readonly outbox: OutboxProvider<DatabaseSync>;
  readonly ledger: Ledger<DatabaseSync>;

  private constructor(private readonly db: DatabaseSync) {
    this.outbox = nodeSqlite(db, { autoCreate: true, relay: { lease: '5s' } });
    this.ledger = new SqliteLedger(db);
  }

  static async open(file: string): Promise<SqliteDatabase> {
    return new SqliteDatabase(await openFile(file, SCHEMA));
  }

  async close(): Promise<void> {
    this.db.close();
  }
}

class SqliteLedger implements Ledger<DatabaseSync> {
  private readonly byUser: StatementSync;

  constructor(db: DatabaseSync) {
    this.byUser = db.prepare('SELECT points, reason, at FROM ledger WHERE user_id = ? ORDER BY position');
  }

  async add(tx: DatabaseSync, userId: string, points: number, reason: string): Promise<void> {
    tx.prepare('INSERT INTO ledger (user_id, points, reason, at) VALUES (?, ?, ?, ?)').run(
      userId,
      points,
      reason,
      new Date().toISOString(),
    );
  }

  async entries(userId: string): Promise<Entry[]> {
    return this.byUser.all(userId) as unknown as Entry[];
  }
}
