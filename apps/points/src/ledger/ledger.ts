import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { openDatabase } from '../database.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ledger (
    position  INTEGER PRIMARY KEY,
    user_id   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    points    INTEGER NOT NULL,
    at        TEXT NOT NULL,
    event_id  TEXT NOT NULL UNIQUE,
    announced INTEGER NOT NULL DEFAULT 0,
    UNIQUE (user_id, reason)
  ) STRICT;
`;

/** Points that a user got, as the ledger shows them. */
export interface Entry {
  readonly points: number;
  readonly reason: string;
  readonly at: string;
}

/** The one award to a user for one reason. */
export interface Award {
  /** Drawn once, when the entry was written: whoever announces the award uses it. */
  readonly eventId: string;
  /** Whether the announcement is known to be out. */
  readonly announced: boolean;
}

/** Who has how many points, and for what. One file, this service's own. */
@Injectable()
export class Ledger implements OnApplicationShutdown {
  private readonly insert: StatementSync;
  private readonly byReason: StatementSync;
  private readonly markAnnounced: StatementSync;
  private readonly byUser: StatementSync;

  private constructor(private readonly db: DatabaseSync) {
    this.insert = db.prepare(
      `INSERT INTO ledger (user_id, reason, points, at, event_id) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (user_id, reason) DO NOTHING`,
    );
    this.byReason = db.prepare('SELECT event_id, announced FROM ledger WHERE user_id = ? AND reason = ?');
    this.markAnnounced = db.prepare('UPDATE ledger SET announced = 1 WHERE event_id = ?');
    this.byUser = db.prepare('SELECT points, reason, at FROM ledger WHERE user_id = ? ORDER BY position');
  }

  static async open(file: string): Promise<Ledger> {
    return new Ledger(await openDatabase(file, SCHEMA));
  }

  /** Gives the points, unless this user has them for this reason already; either way, the award that now stands. */
  award(userId: string, reason: string, points: number): Award {
    this.insert.run(userId, reason, points, new Date().toISOString(), randomUUID());
    const row = this.byReason.get(userId, reason) as { event_id: string; announced: number };
    return { eventId: row.event_id, announced: row.announced === 1 };
  }

  announced(eventId: string): void {
    this.markAnnounced.run(eventId);
  }

  /** Oldest first. Somebody unknown has none. */
  entries(userId: string): Entry[] {
    return this.byUser.all(userId) as unknown as Entry[];
  }

  onApplicationShutdown(): void {
    this.db.close();
  }
}
