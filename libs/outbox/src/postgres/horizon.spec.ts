import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { entry } from '../spec/entries.js';
import type { SqlValue } from '../sql/sql-client.js';
import { PostgresWorld } from '../spec/postgres-world.js';
import { describeWithPostgres } from '../spec/postgres.js';
import { postgresStore } from './postgres-store.js';

describeWithPostgres('the horizon on PostgreSQL', () => {
  let world: PostgresWorld;
  beforeAll(async () => void (world = await PostgresWorld.create({ application_name: 'the spec' })));
  afterEach(() => world.tidy());
  afterAll(() => world.close());

  it('does not see a long transaction that writes elsewhere', async () => {
    const unrelated = await world.begin();
    await unrelated.query('CREATE TABLE elsewhere AS SELECT pg_current_xact_id()::text AS xid');
    await world.write([entry('a'), entry('b')]);
    const { drawn, writers } = await world.store.horizon();
    expect(writers).toEqual([]);
    expect(drawn).toBe(Number(await world.value('SELECT max(id) FROM tramline_outbox')));
    expect((await world.store.status()).blocker).toBeNull();
  });

  it('names each transaction that wrote, ordered or not, and never by a name that was used before', async () => {
    const names: string[] = [];
    for (const ordered of [true, false]) {
      const writer = await world.begin();
      await world.store.insert(writer, [entry(ordered ? 'a' : null)], { ordered, delayMs: null });
      const { writers } = await world.store.horizon();
      names.push(...writers);
      await writer.query('COMMIT');
      expect((await world.store.horizon()).writers).toEqual([]);
    }
    expect(new Set(names).size).toBe(2);
  });

  it('asks for the ids drawn before it asks who writes: nobody slips in between unseen', async () => {
    const late = await world.begin();
    const { client } = world;
    let asked = 0;
    const slow = new Proxy(client, {
      get: (_, name) =>
        name !== 'query'
          ? (Reflect.get(client, name) as unknown)
          : async (sql: string, params: readonly SqlValue[]) => {
              const rows = await client.query(sql, params);
              if (++asked === 1)
                await world.store.insert(late, [entry('a')], { ordered: true, delayMs: null });
              return rows;
            },
    });
    const { drawn, writers } = await postgresStore(slow).horizon();
    await late.query('COMMIT');
    const id = Number(await world.value('SELECT max(id) FROM tramline_outbox'));
    expect(writers.length === 1 || drawn < id).toBe(true);
    expect(asked).toBe(2);
  });

  it.each(['promote', 'revive'] as const)('names a %s that has drawn ids and is under way', async (what) => {
    const { store, pool } = world;
    await store.transaction((tx) => store.insert(tx, [entry('a')], { ordered: true, delayMs: 1 }));
    await world.until('SELECT count(*)::int FROM tramline_scheduled WHERE due_at <= clock_timestamp()', 1);
    if (what === 'revive') {
      await store.promote(10);
      await pool.query('UPDATE tramline_outbox SET state = 1');
    }
    // It waits behind its last row, for somebody who holds this lock.
    await pool.query(`CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(1, 1); RETURN NULL; END $$`);
    await pool.query(
      'CREATE TRIGGER stop AFTER INSERT ON tramline_outbox FOR EACH ROW EXECUTE FUNCTION stop()',
    );
    const holder = await world.begin();
    await holder.query('SELECT pg_advisory_xact_lock(1, 1)');
    const ids = (await store.dead(0, 10)).map(({ rowId }) => rowId);
    const moving = what === 'promote' ? store.promote(10) : store.revive(ids);
    await world.until(`SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`, 1);
    expect((await store.horizon()).writers).toHaveLength(1);
    await holder.query('COMMIT');
    await moving;
    await pool.query('DROP TRIGGER stop ON tramline_outbox');
    await pool.query('DROP FUNCTION stop');
    expect(await store.status()).toMatchObject({ backlog: 1, scheduled: 0, dead: 0 });
  });

  it('does not see writers of another outbox in the same database', async () => {
    await world.pool.query('CREATE TABLE other_outbox (id int)');
    const other = await world.begin();
    await other.query(`SELECT pg_advisory_xact_lock_shared('other_outbox'::regclass::oid::int4, 0)`);
    expect((await world.store.horizon()).writers).toEqual([]);
  });

  it('status: the oldest transaction that holds rows back, and whose it is', async () => {
    const oldest = await world.begin();
    await world.store.insert(oldest, [entry('a')], { ordered: true, delayMs: null });
    const later = await world.begin();
    await world.store.insert(later, [entry('b')], { ordered: true, delayMs: null });
    const { rows } = await oldest.query<{ pid: number; started: Date }>(
      'SELECT pg_backend_pid() AS pid, now() AS started',
    );
    const { blocker } = await world.store.status();
    expect(blocker).toMatchObject({ pid: rows[0]!.pid, application: 'the spec' });
    expect(blocker!.ageMs).toBeGreaterThanOrEqual(0);
    expect(blocker!.queryStartedAt!.getTime()).toBeGreaterThanOrEqual(rows[0]!.started.getTime() - 1);
  });
});
