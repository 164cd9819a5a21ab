import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { openDatabase } from '../database.js';
import type { RegisterUser } from './register-user.js';
import { EmailTakenError, type User } from './user.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS users (
    user_id       TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    email_key     TEXT NOT NULL UNIQUE,
    phone         TEXT NOT NULL,
    registered_at TEXT NOT NULL,
    event_id      TEXT NOT NULL UNIQUE,
    announced     INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS users_unannounced ON users (registered_at) WHERE announced = 0;
`;

const USER = 'user_id AS userId, name, email, phone, registered_at AS registeredAt';

/** A user together with the id of the event that tells the world about them. The id is drawn once, with the row. */
export interface Registration {
  readonly user: User;
  readonly eventId: string;
}

/** The users, and which of them the world has been told of. One file, this service's own. */
@Injectable()
export class UsersStore implements OnApplicationShutdown {
  private readonly insert: StatementSync;
  private readonly byId: StatementSync;
  private readonly unannounced: StatementSync;
  private readonly markAnnounced: StatementSync;

  private constructor(private readonly db: DatabaseSync) {
    this.insert = db.prepare(
      `INSERT INTO users (user_id, name, email, email_key, phone, registered_at, event_id)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email_key) DO NOTHING`,
    );
    this.byId = db.prepare(`SELECT ${USER} FROM users WHERE user_id = ?`);
    this.unannounced = db.prepare(
      `SELECT ${USER}, event_id AS eventId FROM users WHERE announced = 0 ORDER BY registered_at LIMIT ?`,
    );
    this.markAnnounced = db.prepare('UPDATE users SET announced = 1 WHERE event_id = ?');
  }

  static async open(file: string): Promise<UsersStore> {
    return new UsersStore(await openDatabase(file, SCHEMA));
  }

  /** @throws EmailTakenError when the address is known, in whatever case it is written. */
  add({ name, email, phone }: RegisterUser): Registration {
    const user: User = { userId: randomUUID(), name, email, phone, registeredAt: new Date().toISOString() };
    const eventId = randomUUID();
    const key = email.normalize('NFC').toLowerCase();
    const { changes } = this.insert.run(user.userId, name, email, key, phone, user.registeredAt, eventId);
    if (changes === 0) throw new EmailTakenError(email);
    return { user, eventId };
  }

  find(userId: string): User | undefined {
    return this.byId.get(userId) as User | undefined;
  }

  /** Those whose event is not known to have been published, oldest first. */
  notAnnounced(limit: number): Registration[] {
    const rows = this.unannounced.all(limit) as unknown as (User & { eventId: string })[];
    return rows.map(({ eventId, ...user }) => ({ user, eventId }));
  }

  announced(eventId: string): void {
    this.markAnnounced.run(eventId);
  }

  onApplicationShutdown(): void {
    this.db.close();
  }
}
