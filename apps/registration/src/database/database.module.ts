import { join } from 'node:path';
import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { settings } from '../settings.js';
import { UsersStore } from '../users/users.store.js';
import { Database } from './database.js';
import { SqliteDatabase } from './sqlite.js';

/** The database, closed last of all: HTTP requests use it until then. */
@Global()
@Module({
  providers: [
    { provide: Database, useFactory: () => SqliteDatabase.open(join(settings.data, 'users.db')) },
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
