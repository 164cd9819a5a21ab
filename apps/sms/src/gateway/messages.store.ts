import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { openDatabase } from '../database.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    position        INTEGER PRIMARY KEY,
    id              TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    text            TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    at              TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient);
  CREATE TABLE IF NOT EXISTS failures (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    next  INTEGER NOT NULL,
    rate  REAL NOT NULL
  ) STRICT;
  INSERT INTO failures (only, next, rate) VALUES (1, 0, 0) ON CONFLICT DO NOTHING;
`;

const MESSAGE = 'id, recipient AS "to", text, idempotency_key AS idempotencyKey, at';

/** A text message that the development gateway took. */
export interface Message {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly idempotencyKey: string;
  readonly at: string;
}

/** How the gateway was told to fail. */
export interface Failures {
  /** How many of the next calls fail. */
  readonly next: number;
  /** The share of the calls after those that fail, from 0 to 1. */
  readonly rate: number;
}

/** What the development gateway remembers. Several sms processes on one data directory are one gateway. */
@Injectable()
export class MessagesStore implements OnApplicationShutdown {
  private readonly insert: StatementSync;
  private readonly byKey: StatementSync;
  private readonly all: StatementSync;
  private readonly byRecipient: StatementSync;
  private readonly setFailures: StatementSync;
  private readonly useFailure: StatementSync;
  private readonly failureRate: StatementSync;

  private constructor(private readonly db: DatabaseSync) {
    this.insert = db.prepare(
      `INSERT INTO messages (id, recipient, text, idempotency_key, at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (idempotency_key) DO NOTHING`,
    );
    this.byKey = db.prepare(`SELECT ${MESSAGE} FROM messages WHERE idempotency_key = ?`);
    this.all = db.prepare(`SELECT ${MESSAGE} FROM messages ORDER BY position`);
    this.byRecipient = db.prepare(`SELECT ${MESSAGE} FROM messages WHERE recipient = ? ORDER BY position`);
    this.setFailures = db.prepare('UPDATE failures SET next = ?, rate = ?');
    this.useFailure = db.prepare('UPDATE failures SET next = next - 1 WHERE next > 0');
    this.failureRate = db.prepare('SELECT rate FROM failures');
  }

  static async open(file: string): Promise<MessagesStore> {
    return new MessagesStore(await openDatabase(file, SCHEMA));
  }

  /** Keeps the message, or finds the one that was kept under this key before. */
  take(to: string, text: string, idempotencyKey: string): Message {
    this.insert.run(randomUUID(), to, text, idempotencyKey, new Date().toISOString());
    return this.byKey.get(idempotencyKey) as unknown as Message;
  }

  /** In the order they came in. */
  list(to?: string): Message[] {
    return (to === undefined ? this.all.all() : this.byRecipient.all(to)) as unknown as Message[];
  }

  failAs({ next, rate }: Failures): void {
    this.setFailures.run(next, rate);
  }

  /** Whether the call that is being answered is to fail; counts it. */
  shallFail(): boolean {
    if (this.useFailure.run().changes > 0) return true;
    const { rate } = this.failureRate.get() as { rate: number };
    return Math.random() < rate;
  }

  onApplicationShutdown(): void {
    this.db.close();
  }
}
