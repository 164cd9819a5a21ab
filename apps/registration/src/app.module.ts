import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { embedded } from '@tramline/embedded';
import { TramlineModule } from '@tramline/nest';
import { HealthController } from './health.controller.js';
import { ServicesController } from './page/services.controller.js';
import { settings } from './settings.js';
import { Announcer } from './users/announcer.js';
import { UsersController } from './users/users.controller.js';
import { UsersStore } from './users/users.store.js';

@Module({
  imports: [
    TramlineModule.forRoot({
      service: 'registration',
      consume: false,
      transport: embedded({ directory: join(settings.data, 'log') }),
    }),
  ],
  controllers: [UsersController, ServicesController, HealthController],
  providers: [
    Announcer,
    { provide: UsersStore, useFactory: () => UsersStore.open(join(settings.data, 'registration.db')) },
  ],
})
export class AppModule {}
