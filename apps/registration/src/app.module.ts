import { Module } from '@nestjs/common';
import { TramlineModule } from '@tramline/nest';
import { Database } from './database/database.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthController } from './health.controller.js';
import { ServicesController } from './page/services.controller.js';
import { settings } from './settings.js';
import { chooseTransport } from './transport.js';
import { Registrations } from './users/registrations.js';
import { UsersController } from './users/users.controller.js';

@Module({
  imports: [
    DatabaseModule,
    // #region module
    TramlineModule.forRootAsync({
      inject: [Database],
      useFactory: async (database: Database) => ({
        service: 'registration',
        consume: false,
        namespace: settings.namespace,
        transport: await chooseTransport(),
        outbox: database.outbox,
      }),
    }),
    // #endregion
  ],
  controllers: [UsersController, ServicesController, HealthController],
  providers: [Registrations],
})
export class AppModule {}
