import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { OutboxProvider } from '@tramline/nest';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { emailKey, EmailTakenError, type User } from '../users/user.js';
import type { UsersStore } from '../users/users.store.js';
import type { Database } from './database.js';
import { openFile } from './open-file.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS users (
    user_id       TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    email_key     TEXT NOT NULL UNIQUE,
    phone         TEXT NOT NULL,
    registered_at TEXT NOT NULL
  ) STRICT;
`;

/** One SQLite file, this service's own, with Tramline's tables beside ours. */
export class SqliteDatabase implements Database<DatabaseSync> {
  readonly outbox: OutboxProvider<DatabaseSync>;
  readonly users: UsersStore<DatabaseSync>;

  private constructor(private readonly db: DatabaseSync) {
    // #region outbox
    this.outbox = nodeSqlite(db, { autoCreate: true, relay: { lease: '5s' } });
    // #endregion
    this.users = new SqliteUsers(db);
  }

  static async open(file: string): Promise<SqliteDatabase> {
    return new SqliteDatabase(await openFile(file, SCHEMA));
  }

  async close(): Promise<void> {
    this.db.close();
  }
}

class SqliteUsers implements UsersStore<DatabaseSync> {
  private readonly byId: StatementSync;

  constructor(db: DatabaseSync) {
    this.byId = db.prepare(
      'SELECT user_id AS userId, name, email, phone, registered_at AS registeredAt FROM users WHERE user_id = ?',
    );
  }

  async add(tx: DatabaseSync, { userId, name, email, phone, registeredAt }: User): Promise<void> {
    const { changes } = tx
      .prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (email_key) DO NOTHING')
      .run(userId, name, email, emailKey(email), phone, registeredAt);
    if (changes === 0) throw new EmailTakenError(email);
  }

  async find(userId: string): Promise<User | undefined> {
    return this.byId.get(userId) as User | undefined;
  }
}
