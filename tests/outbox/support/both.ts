import { afterEach, beforeEach, describe } from 'vitest';
import { describeWithPostgres } from '../../postgres/support/database.ts';
import type { OutboxDatabase } from './outbox-database.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { World } from './world.ts';

/** The same suite on each database; `world` answers that of the test that runs. */
export function describeOnBoth(name: string, suite: (world: () => World) => void): void {
  describe(`${name}: SQLite`, () => {
    suite(fresh(() => Promise.resolve(new SqliteDatabase())));
  });
  describeWithPostgres(`${name}: PostgreSQL`, () => {
    suite(fresh(() => PostgresDatabase.create()));
  });
}

/** A world for each test, of the suite that this is called in. */
export function fresh<Database extends OutboxDatabase>(
  create: () => Promise<Database>,
): () => World<Database> {
  let world: World<Database>;
  beforeEach(async () => {
    world = new World(await create());
  });
  afterEach(() => world.close());
  return () => world;
}
