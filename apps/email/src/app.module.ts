import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { embedded } from '@tramline/embedded';
import { TramlineModule } from '@tramline/nest';
import { HealthController } from './health.controller.js';
import { MailboxModule, RealMailModule } from './mailbox/mailbox.module.js';
import { Mails } from './mails.js';
import { settings } from './settings.js';

@Module({
  imports: [
    TramlineModule.forRoot({
      service: 'email',
      transport: embedded({ directory: join(settings.data, 'log') }),
    }),
    settings.smtpUrl ? RealMailModule : MailboxModule,
  ],
  controllers: [HealthController],
  providers: [Mails],
})
export class AppModule {}
