import { Module } from '@nestjs/common';
import { TramlineModule } from '@tramline/nest';
import { Database } from './database/database.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthController } from './health.controller.js';
import { PointsController } from './ledger/points.controller.js';
import { RegistrationPoints } from './registration-points.js';
import { settings } from './settings.js';
import { chooseTransport } from './transport.js';

@Module({
  imports: [
    DatabaseModule,
    TramlineModule.forRootAsync({
      inject: [Database],
      useFactory: async (database: Database) => ({
        service: 'points',
        namespace: settings.namespace,
        transport: await chooseTransport(),
        outbox: database.outbox,
      }),
    }),
  ],
  controllers: [PointsController, HealthController],
  providers: [RegistrationPoints],
})
export class AppModule {}
