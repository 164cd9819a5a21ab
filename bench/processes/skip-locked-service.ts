import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { keepPace } from '../work/keep-pace.ts';
import { orderOf, type Order } from '../work/order.ts';
import type { Fill, Pace, ServiceSettings } from '../work/outbox-work.ts';
import { SkipLockedPoller } from '../work/skip-locked-poller.ts';

/** The outbox that one writes by hand: a table, an INSERT in the transaction, and a poller. */
const POOL = 16;

const { store, carrier, topic, relays, batch } = settingsOf<ServiceSettings>();
if (store.kind !== 'postgres' || carrier.kind !== 'kafka' || batch === undefined)
  throw new TypeError('The hand-written outbox is for PostgreSQL and Kafka, and takes so many rows at once.');
const pool = new pg.Pool({ connectionString: store.url, max: POOL });
const poller = new SkipLockedPoller(pool, carrier.brokers, batch);

serve({
  /** Answers once this program is loaded; nothing has begun yet. */
  loaded: () => undefined,
  async ready() {
    await pool.query(`
      CREATE TABLE IF NOT EXISTS orders (number integer PRIMARY KEY, account integer NOT NULL);
      CREATE TABLE IF NOT EXISTS outbox (
        id bigserial PRIMARY KEY, event_id uuid NOT NULL, topic text NOT NULL, key text, headers jsonb NOT NULL,
        payload jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`);
    if (relays) await poller.start();
  },
  pace: (pace: Pace) =>
    keepPace(pace, async (number) => {
      const client = await pool.connect();
      try {
        const order = orderOf(number);
        await client.query('BEGIN');
        await client.query('INSERT INTO orders VALUES ($1, $2)', [number, order.account]);
        await insert(client, [order]);
        const askedAt = monotonic();
        await client.query('COMMIT');
        return askedAt;
      } finally {
        client.release();
      }
    }),
  async fill({ from, to, batch }: Fill) {
    const client = await pool.connect();
    for (let next = from; next < to; next += batch)
      await insert(
        client,
        Array.from({ length: Math.min(batch, to - next) }, (_, index) => orderOf(next + index)),
      );
    client.release();
  },
  async stop() {
    await poller.stop();
    await pool.end();
  },
});

/** The same value and headers as ours. */
async function insert(client: pg.PoolClient, orders: readonly Order[]): Promise<void> {
  const rows = orders.map((order) => {
    const id = randomUUID();
    const headers = {
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: topic,
      ce_source: 'orders',
      ce_time: new Date().toISOString(),
      ce_partitionkey: String(order.account),
      'content-type': 'application/json',
    };
    return { event_id: id, topic, key: String(order.account), headers, payload: order };
  });
  await client.query(
    `INSERT INTO outbox (event_id, topic, key, headers, payload)
      SELECT event_id, topic, key, headers, payload
      FROM json_to_recordset($1) AS r (event_id uuid, topic text, key text, headers jsonb, payload jsonb)`,
    [JSON.stringify(rows)],
  );
}
