import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { settings } from '../settings.js';
import { UsersStore } from '../users/users.store.js';
import { Database } from './database.js';
import { openDatabase } from './open-database.js';

/** The database, closed last of all: HTTP requests use it until then. */
@Global()
@Module({
  providers: [
    { provide: Database, useFactory: () => openDatabase(settings) },
    { provide: UsersStore, useFactory: (database: Database) => database.users, inject: [Database] },
  ],
  exports: [Database, UsersStore],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}
