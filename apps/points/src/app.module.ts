import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { embedded } from '@tramline/embedded';
import { TramlineModule } from '@tramline/nest';
import { HealthController } from './health.controller.js';
import { Ledger } from './ledger/ledger.js';
import { PointsController } from './ledger/points.controller.js';
import { RegistrationPoints } from './registration-points.js';
import { settings } from './settings.js';

@Module({
  imports: [
    TramlineModule.forRoot({
      service: 'points',
      transport: embedded({ directory: join(settings.data, 'log') }),
    }),
  ],
  controllers: [PointsController, HealthController],
  providers: [
    RegistrationPoints,
    { provide: Ledger, useFactory: () => Ledger.open(join(settings.data, 'points.db')) },
  ],
})
export class AppModule {}
