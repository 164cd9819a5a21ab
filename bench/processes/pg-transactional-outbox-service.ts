import { randomUUID } from 'node:crypto';
import type { Message } from 'kafkajs';
import pg from 'pg';
import {
  DatabaseSetup,
  getDisabledLogger,
  initializeMessageStorage,
  initializePollingMessageListener,
  type PollingListenerConfig,
} from 'pg-transactional-outbox';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { Gatherer } from '../work/gatherer.ts';
import { kafkajsClient } from '../work/kafkajs-client.ts';
import { keepPace } from '../work/keep-pace.ts';
import { orderOf } from '../work/order.ts';
import type { Fill, Pace, ServiceSettings } from '../work/outbox-work.ts';

/** The outbox of the library, by its polling listener with its defaults (more at once made it slower), with kafkajs. */
const POOL = 16;

const { store, carrier, topic, relays } = settingsOf<ServiceSettings>();
if (store.kind !== 'postgres' || carrier.kind !== 'kafka')
  throw new TypeError('pg-transactional-outbox is for PostgreSQL; here it sends to Kafka.');
const connection = { connectionString: store.url };
const pool = new pg.Pool({ ...connection, max: POOL });
const producer = kafkajsClient(carrier.brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
const gatherer = new Gatherer<Message>((messages) =>
  producer.send({ topic, acks: -1, messages: [...messages] }),
);
const logger = getDisabledLogger();

const table = { outboxOrInbox: 'outbox', schema: 'public', table: 'outbox' } as const;
const setup = {
  ...table,
  database: new URL(store.url).pathname.slice(1),
  listenerRole: '',
  nextMessagesName: 'next_outbox_messages',
};
const config: PollingListenerConfig = {
  outboxOrInbox: 'outbox',
  dbListenerConfig: connection,
  settings: {
    dbSchema: table.schema,
    dbTable: table.table,
    nextMessagesFunctionName: setup.nextMessagesName,
    // As its documentation says for an outbox.
    enableMaxAttemptsProtection: false,
    enablePoisonousMessageProtection: false,
  },
};
const save = initializeMessageStorage(config, logger);
let stopListening: (() => Promise<void>) | undefined;

serve({
  /** Answers once this program is loaded; nothing has begun yet. */
  loaded: () => undefined,
  async ready() {
    await pool.query(
      'CREATE TABLE IF NOT EXISTS orders (number integer PRIMARY KEY, account integer NOT NULL)',
    );
    const { rows } = await pool.query<{ there: boolean }>(
      `SELECT to_regclass('outbox') IS NOT NULL AS there`,
    );
    if (!rows[0]!.there)
      for (const make of ['dropAndCreateTable', 'createPollingFunction', 'setupPollingIndexes'] as const)
        await pool.query(DatabaseSetup[make](setup));
    if (relays) await listen();
  },
  pace: (pace: Pace) =>
    keepPace(pace, (number) =>
      withClient(async (client) => {
        const { account } = orderOf(number);
        await client.query('BEGIN');
        await client.query('INSERT INTO orders VALUES ($1, $2)', [number, account]);
        await publish(client, number);
        const askedAt = monotonic();
        await client.query('COMMIT');
        return askedAt;
      }),
    ),
  fill: ({ from, to, batch }: Fill) =>
    withClient(async (client) => {
      for (let number = from; number < to; number++) {
        if ((number - from) % batch === 0) await client.query('BEGIN');
        await publish(client, number);
        if ((number - from) % batch === batch - 1 || number === to - 1) await client.query('COMMIT');
      }
    }),
  async stop() {
    await stopListening?.();
    await producer.disconnect();
    await pool.end();
  },
});

async function listen(): Promise<void> {
  await producer.connect();
  const handler = {
    handle: ({ segment, metadata, payload }: { segment?: string; metadata?: object; payload: unknown }) =>
      gatherer.add({
        key: segment!,
        headers: metadata as Record<string, string>,
        value: JSON.stringify(payload),
      }),
  };
  [stopListening] = initializePollingMessageListener(config, handler, logger);
}

/** The same value and headers as ours, in a segment of its key. */
async function publish(client: pg.PoolClient, number: number): Promise<void> {
  const order = orderOf(number);
  const [id, key] = [randomUUID(), String(order.account)];
  const metadata = {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: topic,
    ce_source: 'orders',
    ce_time: new Date().toISOString(),
    ce_partitionkey: key,
    'content-type': 'application/json',
  };
  const about = { aggregateType: 'account', aggregateId: key, messageType: topic, segment: key };
  await save({ id, ...about, payload: order, metadata }, client);
}

async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}
