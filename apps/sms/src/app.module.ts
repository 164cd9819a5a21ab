import { Module } from '@nestjs/common';
import { TramlineModule } from '@tramline/nest';
import { DevelopmentGatewayModule, RealGatewayModule } from './gateway/gateway.module.js';
import { HealthController } from './health.controller.js';
import { settings } from './settings.js';
import { chooseTransport } from './transport.js';
import { WelcomeSms } from './welcome-sms.js';

@Module({
  imports: [
    TramlineModule.forRootAsync({
      useFactory: async () => ({
        service: 'sms',
        namespace: settings.namespace,
        transport: await chooseTransport(),
        // A wait is reached over the group's retry tiers; these make each of ours one hop.
        consumer: { retryTiers: settings.retryDelays },
      }),
    }),
    settings.gatewayUrl ? RealGatewayModule : DevelopmentGatewayModule,
  ],
  controllers: [HealthController],
  providers: [WelcomeSms],
})
export class AppModule {}
