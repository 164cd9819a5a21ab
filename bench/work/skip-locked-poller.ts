import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import type pg from 'pg';
import { kafkajsClient } from './kafkajs-client.ts';

/** As pg-transactional-outbox has it by default. */
const INTERVAL_MS = 500;

interface OutboxRecord {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: object;
}

/**
 * The poller that one writes by hand: it locks the first rows that nobody else has locked, sends them, deletes them and
 * commits. Several may run beside each other; each skips what another one is at, and so sends later rows of a key before
 * earlier ones. After a full batch it goes on at once, else after {@link INTERVAL_MS}.
 */
export class SkipLockedPoller {
  private readonly pool: pg.Pool;
  private readonly producer: Producer;
  private readonly batch: number;
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  /** @param batch - rows that are locked, sent and deleted at once */
  constructor(pool: pg.Pool, brokers: string, batch: number) {
    this.pool = pool;
    this.batch = batch;
    this.producer = kafkajsClient(brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
  }

  async start(): Promise<void> {
    await this.producer.connect();
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.producer.disconnect();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      if ((await this.poll()) < this.batch)
        await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async poll(): Promise<number> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<OutboxRecord>(
        `SELECT id, topic, key, headers, payload FROM outbox ORDER BY id LIMIT ${this.batch} FOR UPDATE SKIP LOCKED`,
      );
      if (rows.length > 0) {
        await this.producer.sendBatch({ acks: -1, topicMessages: byTopic(rows) });
        await client.query('DELETE FROM outbox WHERE id = ANY ($1::bigint[])', [rows.map(({ id }) => id)]);
      }
      await client.query('COMMIT');
      return rows.length;
    } finally {
      client.release();
    }
  }
}

function byTopic(rows: readonly OutboxRecord[]) {
  const topics = Map.groupBy(rows, ({ topic }) => topic);
  return [...topics].map(([topic, records]) => ({
    topic,
    messages: records.map(({ key, headers, payload }) => ({ key, headers, value: JSON.stringify(payload) })),
  }));
}
