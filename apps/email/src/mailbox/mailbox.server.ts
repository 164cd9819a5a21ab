import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { MailsStore } from './mails.store.js';

const MAX_MAIL_BYTES = 1024 * 1024;

/** A real SMTP server for development: on this machine only, without a login, and with a mailbox for everybody. */
@Injectable()
export class MailboxServer implements OnApplicationShutdown {
  private readonly server: SMTPServer;

  constructor(private readonly mails: MailsStore) {
    this.server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      size: MAX_MAIL_BYTES,
      rejectOversized: true,
      disableReverseLookup: true,
      onData: (stream, session, done) => {
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        callbackify(() => this.receive(stream, recipients))((error) => done(error));
      },
    });
  }

  /** Listens on a free port. @returns the address for `SMTP_URL` */
  async start(): Promise<string> {
    const listener = this.server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  }

  /** The sender is told "taken" only when the mail is on disk. */
  private async receive(stream: NodeJS.ReadableStream, recipients: readonly string[]): Promise<void> {
    const { messageId, from, subject, text } = await PostalMime.parse(await buffer(stream));
    if (!messageId) throw new Error('This mailbox takes only mail that has a Message-ID');
    for (const to of recipients) {
      this.mails.keep({
        id: messageId,
        to,
        from: from?.address ?? '',
        subject: subject ?? '',
        text: (text ?? '').trim(),
      });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await new Promise<void>((closed) => this.server.close(closed));
  }
}
