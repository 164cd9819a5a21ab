import { Module } from '@nestjs/common';
import { TramlineModule } from '@tramline/nest';
import { HealthController } from './health.controller.js';
import { MailboxModule, RealMailModule } from './mailbox/mailbox.module.js';
import { Mails } from './mails.js';
import { settings } from './settings.js';
import { chooseTransport } from './transport.js';

@Module({
  imports: [
    TramlineModule.forRootAsync({
      useFactory: async () => ({
        service: 'email',
        namespace: settings.namespace,
        transport: await chooseTransport(),
      }),
    }),
    settings.smtpUrl ? RealMailModule : MailboxModule,
  ],
  controllers: [HealthController],
  providers: [Mails],
})
export class AppModule {}
