import { defineConfig, EntitySchema, MikroORM, type EntityManager } from '@mikro-orm/postgresql';
import knexOf, { type Knex } from 'knex';
import postgres, { type TransactionSql } from 'postgres';
import { afterAll, describe, expect, it } from 'vitest';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { entry } from '../spec/entries.js';
import { describeWithPostgres, freshDatabase } from '../spec/postgres.js';
import { ExecuteClient, questionMarks, type Library } from './execute-client.js';
import { execute } from './execute.js';

const AT_ONCE = { ordered: true, delayMs: null } as const;
const effect = {
  group: 'g',
  handlerId: 'h',
  aliases: [],
  eventId: 'e',
  origin: { topic: 't', partition: 0, offset: 1, timestamp: 0 },
};

interface Opened<Tx> {
  readonly library: Library<Tx>;
  /** Something that runs statements, each by itself. */
  readonly autocommit: Tx;
  close(): Promise<unknown>;
}

const libraries: readonly (readonly [name: string, open: (url: string) => Promise<Opened<never>>])[] = [
  [
    'postgres.js',
    async (url) => {
      const sql = postgres(url, { max: 4, onnotice: () => {} });
      const library: Library<TransactionSql> = {
        transaction: (work) => sql.begin(work),
        execute: (tx, text, params) => tx.unsafe(text, params as (string | number | null)[]),
      };
      return { library, autocommit: sql, close: () => sql.end() } as unknown as Opened<never>;
    },
  ],
  [
    'Knex',
    async (url) => {
      const knex = knexOf({ client: 'pg', connection: url, pool: { min: 0, max: 4 } });
      const library: Library<Knex.Transaction> = {
        transaction: (work) => knex.transaction(work),
        execute: async (tx, text, params) =>
          (await tx.raw<{ rows: unknown[] }>(questionMarks(text), params as Knex.RawBinding[])).rows,
      };
      return { library, autocommit: knex, close: () => knex.destroy() } as unknown as Opened<never>;
    },
  ],
  [
    'MikroORM',
    async (url) => {
      const thing = new EntitySchema({
        name: 'Thing',
        properties: { id: { type: 'number', primary: true } },
      });
      const orm = await MikroORM.init(defineConfig({ clientUrl: url, entities: [thing] }));
      const library: Library<EntityManager> = {
        transaction: (work) => orm.em.fork().transactional(work),
        execute: (em, text, params) => em.execute<unknown[]>(questionMarks(text), params),
      };
      return { library, autocommit: orm.em.fork(), close: () => orm.close() } as unknown as Opened<never>;
    },
  ],
];

describeWithPostgres('a bare execute', () => {
  describe.each(libraries)('of %s', (_, open) => {
    const opened = freshDatabase().then(open);
    const ready = opened.then(async ({ library, autocommit }) => {
      const client = new ExecuteClient(library);
      await migrate(client);
      return { client, autocommit, store: postgresStore(client) };
    });
    afterAll(async () => (await opened).close());

    const written = async () => Number((await (await ready).store.status()).backlog);

    it('commits, rolls back, and brings back what was written', async () => {
      const { store } = await ready;
      const bytes = Buffer.from([0, 255, 39, 92]);
      const odd = entry('ключ', {
        record: { key: bytes, value: bytes, headers: [['h', bytes]] },
        partition: 3,
      });
      const given = [odd, entry(null), entry(`'"\\ ? $1`)];
      await store.transaction((tx) => store.insert(tx, given, AT_ONCE));
      await store.transaction((tx) => store.insert(tx, [entry('one')], AT_ONCE));
      const undone = store.transaction(async (tx) => {
        await store.insert(tx, [entry('one')], AT_ONCE);
        throw new Error('mine');
      });
      await expect(undone).rejects.toThrow('mine');
      const { buckets } = await store.beat('spec', 60_000);
      const leases = await store.claim('spec', buckets, 60_000);
      const all = leases.map(({ bucket }) => bucket);
      const rows = await store.pending({ buckets: all, after: 0, limit: 10, maxBytes: 1e6 });
      expect(rows.map(({ id }) => id).slice(0, 3)).toEqual(given.map(({ id }) => id));
      expect(rows).toHaveLength(4);
      expect(Buffer.from(rows[0]!.record.value!)).toEqual(bytes);
      expect(rows[0]).toMatchObject({ partition: 3, record: { headers: [['h', bytes]] } });
      expect(await store.settle(leases, rows, false)).toBe(4);
    });

    it('refuses where each statement runs by itself, and writes nothing', async () => {
      const { store, autocommit } = await ready;
      for (const entries of [[entry('a')], [entry('a'), entry('b')]])
        await expect(store.insert(autocommit, entries, AT_ONCE)).rejects.toMatchObject({
          code: 'TRAMLINE_NO_TRANSACTION',
        });
      expect(await written()).toBe(0);
    });

    it('rejects where the error of a statement was swallowed, because the server has rolled back', async () => {
      const { store, client } = await ready;
      const swallowed = store.transaction(async (tx) => {
        await store.insert(tx, [entry('a')], AT_ONCE);
        await client.execute(tx, 'SELECT nothing', []).catch(() => undefined);
      });
      await expect(swallowed).rejects.toMatchObject({ code: 'TRAMLINE_TRANSACTION_ENDED' });
      expect(await written()).toBe(0);
    });

    it('remembers effects, and notices a transaction that has ended', async () => {
      const { store } = await ready;
      let ended: never;
      await store.transaction(async (tx) => {
        ended = tx;
        expect(await store.remember(tx, effect)).toBe(true);
        expect(await store.isOpen(tx)).toBe(true);
      });
      await expect(store.insert(ended!, [entry('a')], AT_ONCE)).rejects.toThrow();
      expect(await written()).toBe(0);
      expect(await store.transaction((tx) => store.remember(tx, effect))).toBe(false);
    });
  });
});

it('refuses a library that lacks something, and what is no transaction', () => {
  expect(() => execute({} as Library<object>)).toThrow(/'execute'[\s\S]*'transaction'/);
  const client = new ExecuteClient({} as Library<object>);
  for (const none of [undefined, null, 'tx', 1])
    expect(client.transactionFault(none)).toMatch(/no transaction/);
});
