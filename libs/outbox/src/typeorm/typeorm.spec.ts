import { ConfigurationError } from '@tramline/core';
import { DataSource, type EntityManager } from 'typeorm';
import { expect, it, onTestFinished } from 'vitest';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { entry } from '../spec/entries.js';
import { describeLibrary } from '../spec/library-suite.js';
import { describeWithPostgres, freshDatabase } from '../spec/postgres.js';
import { TypeOrmClient } from './typeorm-client.js';
import { typeorm } from './typeorm.js';

const connect = async (max: number) =>
  new DataSource({ type: 'postgres', url: await freshDatabase(), extra: { max } }).initialize();

describeLibrary<EntityManager>({
  name: 'TypeORM',
  dialect: 'postgres',
  async open() {
    const [db, other] = [await connect(4), await connect(1)];
    await db.query('CREATE TABLE notes (text text)');
    const runner = db.createQueryRunner();
    await runner.startTransaction();
    await runner.rollbackTransaction();
    return {
      outbox: typeorm(db, { autoCreate: true }),
      transaction: (work) => db.transaction(work),
      nested: (manager, work) => manager.transaction(work),
      run: (manager, sql) => manager.query(sql),
      notes: async () =>
        (await db.query<{ text: string }[]>('SELECT text FROM notes')).map(({ text }) => text),
      none: [
        [db.manager, /no transaction is open on its EntityManager.*Pass the manager/],
        [runner.manager, /no transaction is open/],
        [db, /no EntityManager/],
        [undefined, /no EntityManager/],
      ],
      foreign: (work) => other.transaction(work),
      async close() {
        await runner.release();
        await Promise.all([db.destroy(), other.destroy()]);
      },
    };
  },
});

describeWithPostgres('a transaction of TypeORM that was ended by a statement', () => {
  it.each(['COMMIT', 'ROLLBACK'])('is refused after %s, and nothing is written', async (end) => {
    const db = await connect(2);
    onTestFinished(() => db.destroy());
    const client = new TypeOrmClient(db);
    await migrate(client);
    const store = postgresStore<EntityManager>(client);
    const write = (manager: EntityManager) =>
      store.insert(manager, [entry('a')], { ordered: true, delayMs: null });
    await db.transaction(async (manager) => {
      await write(manager);
      await manager.query(end);
      await expect(write(manager)).rejects.toMatchObject({ code: 'TRAMLINE_NO_TRANSACTION' });
    });
    const rows = await client.query('SELECT id FROM tramline_outbox', []);
    expect(rows).toHaveLength(end === 'COMMIT' ? 1 : 0);
  });
});

it('refuses other databases, and names what to use for SQLite', () => {
  const sqlite = { options: { type: 'better-sqlite3' } } as DataSource;
  expect(() => typeorm(sqlite)).toThrow(/type "better-sqlite3".*nodeSqlite/);
  for (const none of [undefined, {}, 'postgres'])
    expect(() => typeorm(none as DataSource)).toThrow(ConfigurationError);
  expect(() => typeorm(new DataSource({ type: 'postgres' }), { relay: 'no' } as never)).toThrow(
    /outbox\.relay/,
  );
});
