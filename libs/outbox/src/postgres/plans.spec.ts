import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Row, SqlValue } from '../sql/sql-client.js';
import { PgClient } from '../pg/pg-client.js';
import { PostgresWorld } from '../spec/postgres-world.js';
import { describeWithPostgres } from '../spec/postgres.js';
import { postgresStore } from './postgres-store.js';

const ROWS = 20_000;
const PAGE = 100;

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** Notes how many blocks the server touched for each statement. */
class MeasuringClient extends PgClient {
  readonly blocks: number[] = [];

  override async query(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    const [row] = await super.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`, params);
    const [{ Plan: plan }] = row!['QUERY PLAN'] as [{ Plan: Plan }];
    this.blocks.push(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']);
    return [];
  }
}

/** A backlog of which the statistics know nothing. */
async function fill({ pool }: PostgresWorld): Promise<void> {
  await pool.query('ALTER TABLE tramline_outbox SET (autovacuum_enabled = off)');
  await pool.query(
    `INSERT INTO tramline_outbox (id, event_id, type, topic, key, bucket, headers, payload)
    SELECT g, $1 || g, 't', 't', convert_to('k' || g % 977, 'UTF8'), g % 64, '[]', convert_to(repeat('x', 400), 'UTF8')
    FROM generate_series(1, ${ROWS}) g`,
    [randomUUID()],
  );
}

// Statistics are never what they should be for a queue: here there are none at all, then those of another time.
describeWithPostgres('plans on PostgreSQL', () => {
  let world: PostgresWorld;
  let measuring: MeasuringClient;
  beforeAll(async () => {
    world = await PostgresWorld.create();
    measuring = new MeasuringClient(world.pool);
    await fill(world);
  });
  afterAll(() => world.close());

  it.each(['no statistics', 'statistics of an empty queue', 'statistics of now'])(
    'read one page only: %s',
    async (kind) => {
      if (kind === 'statistics of now') await world.pool.query('ANALYZE tramline_outbox');
      if (kind === 'statistics of an empty queue') {
        await world.pool.query('UPDATE tramline_outbox SET state = 2');
        await world.pool.query('ANALYZE tramline_outbox');
        await world.pool.query('UPDATE tramline_outbox SET state = 0');
      }
      const leases = await world.claimAll();
      const buckets = Array.from({ length: 64 }, (_, bucket) => bucket);
      const request = { buckets, after: ROWS / 2, limit: PAGE, maxBytes: 1e9 };
      const rows = await world.store.pending(request);
      expect(rows[0]!.rowId).toBe(ROWS / 2 + 1);
      expect(rows).toHaveLength(PAGE);

      const store = postgresStore(measuring);
      measuring.blocks.length = 0;
      await store.pending(request);
      // EXPLAIN ANALYZE has settled them; the answer is not one of the store's.
      await expect(store.settle(leases, rows, true)).rejects.toThrow(TypeError);
      const [pendingBlocks, settleBlocks] = measuring.blocks as [number, number];
      // The table has more than a thousand blocks, and a walk along the whole index touches one a row.
      expect(pendingBlocks).toBeLessThan(12 * PAGE);
      expect(settleBlocks).toBeLessThan(20 * PAGE);
      expect(await world.value('SELECT count(*)::int FROM tramline_outbox WHERE state = 2')).toBe(PAGE);
      await world.pool.query('UPDATE tramline_outbox SET state = 0 WHERE state = 2');
      await world.store.release(leases);
    },
  );

  it('made for an empty queue and kept by the connection, are as good for a backlog', async () => {
    const empty = await PostgresWorld.create({ max: 1 });
    try {
      const kept = new MeasuringClient(empty.pool);
      const store = postgresStore(kept);
      const buckets = Array.from({ length: 64 }, (_, bucket) => bucket);
      const leases = await empty.claimAll();
      const measure = async (limit: number) => {
        const request = { buckets, after: 0, limit, maxBytes: 1e9 };
        const rows = await empty.store.pending(request);
        kept.blocks.length = 0;
        await store.pending(request);
        await expect(store.settle(leases, rows, true)).rejects.toThrow(TypeError);
        return kept.blocks as readonly number[] as readonly [pending: number, settle: number];
      };
      // Several times: by then the server has made up its mind.
      for (let time = 0; time < 8; time++) {
        const record = { key: null, value: null, headers: [] };
        await empty.write([{ id: `${time}`, type: 't', topic: 't', partition: undefined, record }]);
        await measure(PAGE);
      }
      await empty.pool.query('DELETE FROM tramline_outbox');
      await fill(empty);
      const [pendingBlocks, settleBlocks] = await measure(PAGE);
      expect(pendingBlocks).toBeLessThan(12 * PAGE);
      expect(settleBlocks).toBeLessThan(20 * PAGE);
      expect(await empty.value('SELECT count(*)::int FROM tramline_outbox WHERE state = 2')).toBe(PAGE);
    } finally {
      await empty.close();
    }
  });
});
