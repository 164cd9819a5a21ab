import { defineEvent, silentLog, Tramline } from '@tramline/core';
import { pg as outboxOf } from '@tramline/outbox/pg';
import { memory } from '@tramline/testing';
import pg from 'pg';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { makeBusinessTables, transact } from '../work/business.ts';
import { orderOf, type Order } from '../work/order.ts';

export interface Transacting {
  /** Transactions, after as many again of a tenth. */
  readonly count: number;
  readonly clients: number;
  /** none: nothing is published; hand: one INSERT into a table without locks or key order. */
  readonly outbox: 'none' | 'hand' | 'tramline';
}

/** What lies in the outbox, by a look at the table. */
export interface Written {
  readonly perSecond: number;
  readonly rows: number;
  /** Rows whose account's turn is not the one of their place. */
  readonly outOfOrder: number;
}

const { url } = settingsOf<{ url: string }>();
const pool = new pg.Pool({ connectionString: url, max: 64 });
const contract = defineEvent<Order>('bench.order', { key: 'account' });
const tramline = new Tramline({
  service: 'orders',
  consume: false,
  transport: memory(),
  outbox: outboxOf(pool, { relay: false, autoCreate: true }),
  contracts: [contract],
  log: silentLog,
});
// The turn takes the place of the number: what is checked is that an account's events count from 1.
const eventOf = (account: number, turn: number): Order => Object.assign(orderOf(turn), { account });

const publishing = {
  none: () => Promise.resolve(),
  hand: async (client: pg.ClientBase, account: number, turn: number) => {
    const id = crypto.randomUUID();
    // The headers of ours.
    const headers = JSON.stringify({
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: contract.type,
      ce_source: 'orders',
      ce_time: new Date().toISOString(),
      ce_partitionkey: String(account),
      'content-type': 'application/json',
    });
    await client.query(
      'INSERT INTO by_hand (event_id, topic, key, headers, payload) VALUES ($1, $2, $3, $4, $5)',
      [id, contract.type, String(account), headers, JSON.stringify(eventOf(account, turn))],
    );
  },
  tramline: async (client: pg.ClientBase, account: number, turn: number) => {
    await tramline.outbox.publish(client, contract, eventOf(account, turn));
  },
} as const;

/** Each table's rows, numbered within their account by id. */
const CHECK = {
  hand: checkOf('by_hand', 'key', 'payload'),
  tramline: checkOf('tramline_outbox', 'key', `convert_from(payload, 'UTF8')::jsonb`),
} as const;

function checkOf(table: string, key: string, payload: string): string {
  return `SELECT count(*)::int AS rows, (count(*) FILTER (WHERE turn <> place))::int AS wrong FROM (
    SELECT (${payload}->>'number')::int AS turn, row_number() OVER (PARTITION BY ${key} ORDER BY id) AS place FROM ${table}) r`;
}

serve({
  async ready() {
    await makeBusinessTables(pool);
    await pool.query(
      `CREATE TABLE by_hand (id bigserial PRIMARY KEY, event_id uuid NOT NULL, topic text NOT NULL, key text,
        headers jsonb NOT NULL, payload jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`,
    );
    await tramline.start();
  },
  async transact({ count, clients, outbox }: Transacting): Promise<Written> {
    await pool.query('UPDATE accounts SET turn = 0; TRUNCATE tramline_outbox, by_hand, history');
    for (const tidy of ['VACUUM accounts', 'CHECKPOINT']) await pool.query(tidy);
    const connections = await Promise.all(Array.from({ length: clients }, () => pool.connect()));
    const publish = publishing[outbox];
    let next = 0;
    const run = (to: number) =>
      Promise.all(
        connections.map(async (client) => {
          while (next < to) await transact(client, next++, (account, turn) => publish(client, account, turn));
        }),
      );
    const warmUp = count / 10;
    await run(warmUp);
    const started = monotonic();
    await run(warmUp + count);
    const perSecond = (count / (monotonic() - started)) * 1_000;
    for (const client of connections) client.release();
    if (outbox === 'none') return { perSecond, rows: 0, outOfOrder: 0 };
    const { rows } = await pool.query<{ rows: number; wrong: number }>(CHECK[outbox]);
    return { perSecond, rows: rows[0]!.rows, outOfOrder: rows[0]!.wrong };
  },
  async stop() {
    await tramline.close();
    await pool.end();
  },
});
