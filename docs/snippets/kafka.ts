import { Module } from '@nestjs/common';
import { kafka } from '@tramline/kafka';
import { TramlineModule } from '@tramline/nest';
import { Greeter, Mailer, RecordingMailer, Registration } from './greeter.ts';

// #region module
@Module({
  imports: [
    TramlineModule.forRootAsync({
      useFactory: () => ({
        service: 'greeter',
        namespace: process.env['NAMESPACE'], // such as 'staging'; none when it is not set
        transport: kafka.fromEnv({ compression: 'gzip' }), // KAFKA_BROKERS and so on; what is given here wins
      }),
    }),
  ],
  providers: [Greeter, Registration, { provide: Mailer, useClass: RecordingMailer }],
})
export class AppModule {}
// #endregion
