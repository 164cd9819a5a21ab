import { join } from 'node:path';
import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { settings } from '../settings.js';
import { Ledger } from '../ledger/ledger.js';
import { Database } from './database.js';
import { SqliteDatabase } from './sqlite.js';

/** The database, closed last of all: HTTP requests use it until then. */
@Global()
@Module({
  providers: [
    { provide: Database, useFactory: () => SqliteDatabase.open(join(settings.data, 'ledger.db')) },
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
