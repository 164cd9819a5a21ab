import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defineEvent, silentLog, Tramline, type OutboxProvider } from '@tramline/core';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { pg as outboxOf } from '@tramline/outbox/pg';
import pg from 'pg';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { transportOf } from '../work/carriers.ts';
import { keepPace } from '../work/keep-pace.ts';
import { orderOf, type Order } from '../work/order.ts';
import type { Fill, Pace, ServiceSettings, Store } from '../work/outbox-work.ts';

/** Connections that write, as a service has them. */
const POOL = 16;

/** A database with a table of orders, and its outbox. */
interface Opened<Tx> {
  readonly outbox: OutboxProvider<Tx>;
  makeTable(): Promise<unknown>;
  insert(tx: Tx, order: Order): Promise<unknown>;
  close(): Promise<void>;
}

const TABLE = 'CREATE TABLE IF NOT EXISTS orders (number integer PRIMARY KEY, account integer NOT NULL)';
const options = (relay: boolean) => ({ relay, autoCreate: true });

function openPostgres(url: string, relays: boolean): Opened<pg.ClientBase> {
  const pool = new pg.Pool({ connectionString: url, max: POOL });
  return {
    outbox: outboxOf(pool, options(relays)),
    makeTable: () => pool.query(TABLE),
    insert: (tx, { number, account }) => tx.query('INSERT INTO orders VALUES ($1, $2)', [number, account]),
    close: () => pool.end(),
  };
}

function openSqlite(directory: string, relays: boolean): Opened<DatabaseSync> {
  const database = new DatabaseSync(join(directory, 'service.db'));
  return {
    outbox: nodeSqlite(database, options(relays)),
    makeTable: async () => database.exec(TABLE),
    insert: async (tx, { number, account }) =>
      tx.prepare('INSERT INTO orders VALUES (?, ?)').run(number, account),
    close: async () => database.close(),
  };
}

function open(store: Store, relays: boolean): Opened<unknown> {
  return store.kind === 'postgres' ? openPostgres(store.url, relays) : openSqlite(store.directory, relays);
}

const { store, carrier, topic, relays } = settingsOf<ServiceSettings>();
const database = open(store, relays);
const contract = defineEvent<Order>(topic, { key: 'account' });
const tramline = new Tramline({
  service: 'orders',
  consume: false,
  transport: transportOf(carrier),
  outbox: database.outbox,
  contracts: [contract],
  log: silentLog,
});

serve({
  /** Answers once this program is loaded; nothing has begun yet. */
  loaded: () => undefined,
  async ready() {
    await database.makeTable();
    await tramline.start();
  },
  /** Answers when each commit was asked for. */
  pace: (pace: Pace) =>
    keepPace(pace, async (number) => {
      let askedAt = 0;
      await tramline.outbox.transaction(async (tx) => {
        const order = orderOf(number);
        await database.insert(tx, order);
        await tramline.outbox.publish(tx, contract, order);
        askedAt = monotonic();
      });
      return askedAt;
    }),
  async fill({ from, to, batch }: Fill) {
    for (let next = from; next < to; next += batch) {
      const orders = Array.from({ length: Math.min(batch, to - next) }, (_, index) => orderOf(next + index));
      await tramline.outbox.transaction((tx) =>
        tramline.outbox.publishAll(
          tx,
          orders.map((order) => [contract, order] as const),
        ),
      );
    }
  },
  async stop() {
    await tramline.close();
    await database.close();
  },
});
