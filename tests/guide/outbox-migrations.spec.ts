import { grantsFor, migrate, postgresStore, sqlFor } from '@tramline/outbox';
import { TypeOrmClient } from '@tramline/outbox/typeorm';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { TramlineOutbox1763700000000 } from '../../docs/snippets/outbox-migration.ts';
import { describeWithPostgres, freshDatabase } from '../postgres/support/database.ts';

/** The newest version that there is SQL for: the migration that the guide shows has to name it. */
const NEWEST = 18;

describeWithPostgres('the tables of the outbox, made by other means', () => {
  it('by a migration of TypeORM, as the guide has it, once', async () => {
    const db = await new DataSource({
      type: 'postgres',
      url: await freshDatabase(),
      migrations: [TramlineOutbox1763700000000],
    }).initialize();
    expect(await db.runMigrations()).toHaveLength(1);
    expect(await db.runMigrations()).toEqual([]);
    const client = new TypeOrmClient(db);
    await postgresStore(client).check();
    expect(await migrate(client)).toEqual({ applied: [], version: NEWEST });
    // A later version has a migration of its own.
    for (const statement of await sqlFor('postgres', { after: NEWEST })) await db.query(statement);
    await expect(db.undoLastMigration()).rejects.toThrow('drop its tables by hand');
    await db.destroy();
  });

  it('as one script, in a schema of its own, as Prisma Migrate runs the file of a migration', async () => {
    const url = await freshDatabase();
    const client = new Client(url);
    await client.connect();
    await client.query((await sqlFor('postgres', { schema: 'tramline' })).join('\n'));
    await client.end();
    const db = await new DataSource({ type: 'postgres', url }).initialize();
    await postgresStore(new TypeOrmClient(db), { schema: 'tramline' }).check();
    const seen = await db.query<unknown[]>(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`);
    expect(seen).toEqual([]);
    await db.destroy();
  });
});

it('in parts, which together are the whole', async () => {
  const whole = await sqlFor('postgres');
  for (const upTo of [1, 7, NEWEST]) {
    const parts = [await sqlFor('postgres', { upTo }), await sqlFor('postgres', { after: upTo })];
    expect(parts.flat()).toEqual(whole);
  }
});

it('with the rights that the guide names', () => {
  const file = new URL('../../docs/snippets/outbox-grants.sql', import.meta.url);
  const named = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('GRANT '));
  expect(named).toEqual([...grantsFor('shop', ['publish', 'inbox']), ...grantsFor('relay', ['relay'])]);
});
