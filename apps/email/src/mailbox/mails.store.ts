import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { openDatabase } from '../database.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS mails (
    position   INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    sender     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    text       TEXT NOT NULL,
    at         TEXT NOT NULL,
    UNIQUE (recipient, message_id)
  ) STRICT;
`;

const MAIL = 'message_id AS id, recipient AS "to", sender AS "from", subject, text, at';

/** A mail as it lies in the mailbox of one person. */
export interface ReceivedMail {
  /** The Message-ID header. */
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly at: string;
}

/** Everybody's mailbox, in one file. */
@Injectable()
export class MailsStore implements OnApplicationShutdown {
  private readonly insert: StatementSync;
  private readonly all: StatementSync;
  private readonly byRecipient: StatementSync;

  private constructor(private readonly db: DatabaseSync) {
    this.insert = db.prepare(
      `INSERT INTO mails (message_id, recipient, sender, subject, text, at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (recipient, message_id) DO NOTHING`,
    );
    this.all = db.prepare(`SELECT ${MAIL} FROM mails ORDER BY position`);
    this.byRecipient = db.prepare(`SELECT ${MAIL} FROM mails WHERE recipient = ? ORDER BY position`);
  }

  static async open(file: string): Promise<MailsStore> {
    return new MailsStore(await openDatabase(file, SCHEMA));
  }

  /** A mail that came before, by its Message-ID, is dropped. */
  keep({ id, to, from, subject, text }: Omit<ReceivedMail, 'at'>): void {
    this.insert.run(id, mailbox(to), from, subject, text, new Date().toISOString());
  }

  /** In the order they came in. */
  list(to?: string): ReceivedMail[] {
    const rows = to === undefined ? this.all.all() : this.byRecipient.all(mailbox(to));
    return rows as unknown as ReceivedMail[];
  }

  onApplicationShutdown(): void {
    this.db.close();
  }
}

/** One person's address, in whatever case it is written. */
function mailbox(address: string): string {
  return address.normalize('NFC').toLowerCase();
}
