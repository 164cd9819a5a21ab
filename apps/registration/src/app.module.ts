import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { TramlineModule } from '@tramline/nest';
import { HealthController } from './health.controller.js';
import { ServicesController } from './page/services.controller.js';
import { settings } from './settings.js';
import { chooseTransport } from './transport.js';
import { Announcer } from './users/announcer.js';
import { UsersController } from './users/users.controller.js';
import { UsersStore } from './users/users.store.js';

@Module({
  imports: [
    TramlineModule.forRootAsync({
      useFactory: async () => ({
        service: 'registration',
        consume: false,
        namespace: settings.namespace,
        transport: await chooseTransport(),
      }),
    }),
  ],
  controllers: [UsersController, ServicesController, HealthController],
  providers: [
    Announcer,
    { provide: UsersStore, useFactory: () => UsersStore.open(join(settings.data, 'registration.db')) },
  ],
})
export class AppModule {}
