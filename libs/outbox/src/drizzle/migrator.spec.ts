import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { sqlFor } from '../migrate/sql-for.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { describeWithPostgres, freshPool } from '../spec/postgres.js';
import { DrizzleClient } from './drizzle-client.js';

describeWithPostgres('a migration of Drizzle', () => {
  it('makes the tables from the SQL, pasted into an empty one', async () => {
    const migrationsFolder = mkdtempSync(join(tmpdir(), 'tramline-drizzle-'));
    onTestFinished(() => rmSync(migrationsFolder, { recursive: true }));
    // What `drizzle-kit generate --custom --name=tramline` writes.
    const entries = [{ idx: 0, version: '7', when: 1, tag: '0000_tramline', breakpoints: true }];
    mkdirSync(join(migrationsFolder, 'meta'));
    const journal = { version: '7', dialect: 'postgresql', entries };
    writeFileSync(join(migrationsFolder, 'meta', '_journal.json'), JSON.stringify(journal));
    const tables = { schema: 'tramline' };
    writeFileSync(join(migrationsFolder, '0000_tramline.sql'), (await sqlFor('postgres', tables)).join('\n'));

    const pool = await freshPool();
    onTestFinished(() => pool.end());
    const db = drizzle(pool);
    for (let times = 0; times < 2; times++) await migrate(db, { migrationsFolder });
    await expect(postgresStore(new DrizzleClient(db), tables).check()).resolves.toBeUndefined();
  });
});
