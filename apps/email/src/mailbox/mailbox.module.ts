import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { Mailer } from '../mailer.js';
import { settings } from '../settings.js';
import { MailboxController } from './mailbox.controller.js';
import { MailboxServer } from './mailbox.server.js';
import { MailsStore } from './mails.store.js';

/** The mail server that somebody else runs, at `SMTP_URL`. */
@Module({
  providers: [{ provide: Mailer, useFactory: () => new Mailer(String(settings.smtpUrl)) }],
  exports: [Mailer],
})
export class RealMailModule {}

/** The development mailbox: mail goes out over SMTP like any other, and can be read at `/messages`. */
@Module({
  controllers: [MailboxController],
  providers: [
    { provide: MailsStore, useFactory: () => MailsStore.open(join(settings.data, 'mailbox.db')) },
    MailboxServer,
    {
      provide: Mailer,
      inject: [MailboxServer],
      useFactory: async (mailbox: MailboxServer) => new Mailer(await mailbox.start()),
    },
  ],
  exports: [Mailer],
})
export class MailboxModule {}
