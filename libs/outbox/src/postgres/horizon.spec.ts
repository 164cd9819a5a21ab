import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { entry } from '../spec/entries.js';
import { PostgresWorld } from '../spec/postgres-world.js';
import { describeWithPostgres } from '../spec/postgres.js';

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
