import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { embedded } from '@tramline/embedded';
import { TramlineModule } from '@tramline/nest';
import { DevelopmentGatewayModule, RealGatewayModule } from './gateway/gateway.module.js';
import { HealthController } from './health.controller.js';
import { settings } from './settings.js';
import { WelcomeSms } from './welcome-sms.js';

@Module({
  imports: [
    TramlineModule.forRoot({
      service: 'sms',
      transport: embedded({ directory: join(settings.data, 'log') }),
      // A wait is reached over the group's retry tiers; these make each of ours one hop.
      consumer: { retryTiers: settings.retryDelays },
    }),
    settings.gatewayUrl ? RealGatewayModule : DevelopmentGatewayModule,
  ],
  controllers: [HealthController],
  providers: [WelcomeSms],
})
export class AppModule {}
