import type { OutboxStore } from '@tramline/core/outbox';
import { Pool, type ClientBase } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PgClient } from '../pg/pg-client.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { entry } from '../spec/entries.js';
import { PostgresWorld } from '../spec/postgres-world.js';
import { describeWithPostgres } from '../spec/postgres.js';
import { grantsFor, type Duty } from './grants.js';

const AT_ONCE = { ordered: true, delayMs: null } as const;
const effect = {
  group: 'g',
  handlerId: 'h',
  aliases: ['old'],
  eventId: 'e',
  origin: { topic: 't', partition: 0, offset: 1, timestamp: 0 },
};

describeWithPostgres('rights on PostgreSQL', () => {
  let world: PostgresWorld;
  const pools: Pool[] = [];
  const roles: string[] = [];
  beforeAll(async () => {
    world = await PostgresWorld.create();
    // Everybody may run functions, unless somebody has taken that back.
    await world.pool.query('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC');
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    // Roles belong to the whole server.
    for (const role of roles) await world.pool.query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
    await world.close();
  });

  /** A store of a user that may do no more than `duties` need. */
  const storeOf = (...duties: Duty[]) => storeWith((role) => grantsFor(role, duties));

  async function storeWith(grants: (role: string) => readonly string[]) {
    const database = String(await world.value('SELECT current_database()'));
    const role = `${database}_${roles.length}`;
    await world.pool.query(`CREATE ROLE "${role}" LOGIN PASSWORD 'secret'`);
    roles.push(role);
    for (const statement of grants(role)) await world.pool.query(statement);
    const url = new URL(world.pool.options.connectionString!);
    url.username = role;
    url.password = 'secret';
    const pool = new Pool({ connectionString: url.href });
    pools.push(pool);
    return postgresStore(new PgClient(pool));
  }

  it('publish: enough to write, at once and later, one and many, and for nothing else', async () => {
    const store = await storeOf('publish');
    await store.transaction(async (tx) => {
      await store.insert(tx, [entry('a')], AT_ONCE);
      await store.insert(tx, [entry('a'), entry(null)], AT_ONCE);
      await store.insert(tx, [entry('a')], { ordered: true, delayMs: 1 });
      await store.insert(tx, [entry('a'), entry('b')], { ordered: true, delayMs: 1 });
    });
    const error = await store
      .pending({ buckets: [1], after: 0, limit: 1, maxBytes: 1 })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'TRAMLINE_OUTBOX_RIGHTS',
      message: expect.stringContaining('GRANT SELECT, INSERT, UPDATE, DELETE ON "tramline_outbox" TO'),
      cause: { code: '42501' },
    });
    expect(store.kindOf(error)).toBe('other');
  });

  it.each(['publish', 'inbox'] as const)('%s: every right is needed', async (duty) => {
    const work: Record<typeof duty, (store: OutboxStore<ClientBase>) => Promise<unknown>> = {
      publish: async (store) => {
        await store.check();
        await store.transaction(async (tx) => {
          await store.insert(tx, [entry('a')], AT_ONCE);
          await store.insert(tx, [entry('a'), entry('b')], AT_ONCE);
          await store.insert(tx, [entry('a')], { ordered: true, delayMs: 1 });
        });
      },
      inbox: async (store) => {
        await store.check();
        await store.transaction((tx) => store.remember(tx, effect));
      },
    };
    const all = grantsFor('somebody', [duty]);
    for (const [left] of all.entries()) {
      const store = await storeWith((role) => grantsFor(role, [duty]).toSpliced(left, 1));
      await expect(work[duty](store)).rejects.toMatchObject({ code: 'TRAMLINE_OUTBOX_RIGHTS' });
    }
    expect(all.length).toBeGreaterThan(1);
  });

  it('relay: enough for everything that a relay and its commands do', async () => {
    const store = await storeOf('relay');
    await world.write([entry('a'), entry('b'), entry(null), entry('c')]);
    await world.store.transaction((tx) =>
      world.store.insert(tx, [entry('d')], { ordered: true, delayMs: 1 }),
    );
    await store.check();
    const { buckets } = await store.beat('one', 60_000);
    const leases = await store.claim('one', buckets, 60_000);
    const all = leases.map(({ bucket }) => bucket);
    await store.horizon();
    const rows = await store.pending({ buckets: all, after: 0, limit: 10, maxBytes: 1e6 });
    await store.hold(leases, rows.slice(0, 1), 1_000, 'failed');
    await store.hold(leases, rows.slice(2, 3), 1_000, 'failed');
    await store.lift(leases, await store.holds(all));
    await store.bury(leases, rows.slice(0, 2), 'never');
    await store.revive([rows[0]!.rowId]);
    await store.discard([rows[1]!.rowId]);
    await store.dead(0, 10);
    expect(await store.settle(leases, rows, false)).toBeGreaterThan(0);
    await store.settle(leases, rows, true);
    await store.purge(0, 10);
    await store.promote(10);
    await store.status();
    await store.release(leases);
    await store.leave('one');
  });

  it('inbox: enough to remember and to forget, and not to publish', async () => {
    const store = await storeOf('inbox');
    expect(await store.transaction((tx) => store.remember(tx, effect))).toBe(true);
    await store.forget('g', [{ topic: 't', partition: 0, offset: 9 }], 0, 10);
    await expect(store.transaction((tx) => store.insert(tx, [entry('a')], AT_ONCE))).rejects.toMatchObject({
      code: 'TRAMLINE_OUTBOX_RIGHTS',
    });
  });
});

it('names the schema, and refuses what is no name', () => {
  expect(grantsFor('app', ['inbox'], { schema: 'events', prefix: 'x_' })).toEqual([
    'GRANT USAGE ON SCHEMA "events" TO "app";',
    'GRANT SELECT, INSERT, UPDATE, DELETE ON "events"."x_inbox" TO "app";',
    'GRANT SELECT ON "events"."x_migrations" TO "app";',
  ]);
  expect(() => grantsFor('a"; DROP TABLE users; --', ['relay'], { schema: '1' })).toThrow(/2 faults/);
});
