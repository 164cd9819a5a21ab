import type { OutboxEntry } from '@tramline/core/outbox';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { entry } from '../spec/entries.js';
import { PostgresWorld } from '../spec/postgres-world.js';
import { describeWithPostgres } from '../spec/postgres.js';

const AT_ONCE = { ordered: true, delayMs: null } as const;
const DRAWN = `SELECT CASE WHEN is_called THEN last_value ELSE 0 END::int FROM tramline_outbox_id`;
const LOCKS = `SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const WAITING = `${LOCKS} AND NOT granted`;

describeWithPostgres('the locks of a writer on PostgreSQL', () => {
  let world: PostgresWorld;
  beforeAll(async () => void (world = await PostgresWorld.create()));
  afterEach(() => world.tidy());
  afterAll(() => world.close());

  const manyKeys = (count: number) => Array.from({ length: count }, (_, n) => entry(`key-${n}`));

  it.each<[string, OutboxEntry[]]>([
    ['a single row', [entry('a')]],
    ['several rows', [entry('b'), entry('a'), entry(null)]],
    ['more keys than locks are to be had for', [entry('a'), ...manyKeys(300)]],
  ])('come before the first id is drawn: %s', async (_, entries) => {
    const holder = await world.begin();
    await world.store.insert(holder, [entry('a')], AT_ONCE);
    const drawn = await world.value(DRAWN);
    const waiter = await world.begin();
    const waiting = world.store.insert(waiter, entries, AT_ONCE);
    await world.until(WAITING, 1);
    expect(await world.value(DRAWN)).toBe(drawn);
    await holder.query('COMMIT');
    await waiting;
    expect(await world.value(DRAWN)).toBe(Number(drawn) + entries.length);
  });

  it('make nobody wait who writes other keys, or wants no order', async () => {
    const holder = await world.begin();
    await world.store.insert(holder, [entry('a')], AT_ONCE);
    await world.write([entry('b'), entry(null)]);
    await world.write([entry('a')], false);
    await world.store.transaction((tx) =>
      world.store.insert(tx, [entry('a')], { ordered: true, delayMs: 1 }),
    );
    expect(await world.value(WAITING)).toBe(0);
  });

  it('keep everybody out while somebody writes thousands of keys', async () => {
    const holder = await world.begin();
    await world.store.insert(holder, manyKeys(10_000), AT_ONCE);
    expect(await world.value(LOCKS)).toBe(1);
    const other = world.write([entry(null)], false);
    await world.until(WAITING, 1);
    await holder.query('COMMIT');
    await other;
    expect(await world.value('SELECT count(*)::int FROM tramline_outbox')).toBe(10_001);
  });

  it('let ids of a key ascend as its transactions commit, with 32 writers', async () => {
    await world.pool.query('CREATE TABLE counter (key text PRIMARY KEY, n int NOT NULL)');
    await world.pool.query(`INSERT INTO counter SELECT 'key-' || k, 0 FROM generate_series(0, 4) k`);
    await world.pool.query('CREATE TABLE turn (event_id text, key text, n int)');
    const writeOne = async (key: string, fails: boolean) => {
      const connection = await world.pool.connect();
      const event = entry(key);
      try {
        await connection.query('BEGIN');
        await world.store.insert(connection, fails ? [event, entry(null)] : [event], AT_ONCE);
        // Whoever comes here first commits first, because the row stays locked. Only our own lock has put them in order.
        await connection.query(
          `WITH up AS (UPDATE counter SET n = n + 1 WHERE key = $1 RETURNING n) INSERT INTO turn SELECT $2, $1, n FROM up`,
          [key, event.id],
        );
        await connection.query(fails ? 'ROLLBACK' : 'COMMIT');
      } finally {
        connection.release();
      }
    };
    await Promise.all(
      Array.from({ length: 32 }, async (_, writer) => {
        for (let turn = 0; turn < 20; turn++) await writeOne(`key-${(writer + turn) % 5}`, turn % 10 === 9);
      }),
    );
    const { rows } = await world.pool.query<{ key: string; n: number }>(
      'SELECT turn.key, turn.n FROM turn JOIN tramline_outbox o USING (event_id) ORDER BY o.id',
    );
    expect(rows).toHaveLength(32 * 18);
    for (const key of new Set(rows.map((row) => row.key))) {
      const turns = rows.filter((row) => row.key === key).map(({ n }) => n);
      expect(turns).toEqual(turns.map((_, index) => index + 1));
    }
  });
});
