import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { TramlineModule } from '@tramline/nest';
import { HealthController } from './health.controller.js';
import { Ledger } from './ledger/ledger.js';
import { PointsController } from './ledger/points.controller.js';
import { RegistrationPoints } from './registration-points.js';
import { settings } from './settings.js';
import { chooseTransport } from './transport.js';

@Module({
  imports: [
    TramlineModule.forRootAsync({
      useFactory: async () => ({
        service: 'points',
        namespace: settings.namespace,
        transport: await chooseTransport(),
      }),
    }),
  ],
  controllers: [PointsController, HealthController],
  providers: [
    RegistrationPoints,
    { provide: Ledger, useFactory: () => Ledger.open(join(settings.data, 'points.db')) },
  ],
})
export class AppModule {}
