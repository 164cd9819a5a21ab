import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { settings } from '../settings.js';
import { Ledger } from '../ledger/ledger.js';
import { Database } from './database.js';
import { openDatabase } from './open-database.js';

/** The database, closed last of all: HTTP requests use it until then. */
@Global()
@Module({
  providers: [
    { provide: Database, useFactory: () => openDatabase(settings) },
    { provide: Ledger, useFactory: (database: Database) => database.ledger, inject: [Database] },
  ],
  exports: [Database, Ledger],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}
