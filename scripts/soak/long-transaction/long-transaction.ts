import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { silentLog, Tramline } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { pg } from '@tramline/outbox/pg';
import { Pool } from 'pg';
import { PostgresServer } from '../../postgres/server.ts';
import type { LongTransactionOptions } from '../options.ts';
import { until } from '../world/until.ts';
import type { Told } from '../processes/timed-relay.ts';
import { Happened, SteadyWriter } from './steady-writer.ts';
import { TimedRelay } from './timed-relay.ts';
import { violations } from './violations.ts';

/** One part of the time. */
export interface Stretch extends Told {
  /** Written and not in the log at its end. */
  readonly backlog: number;
  /** Entries of the index of pending rows that were touched, to read, delete and count rows. */
  readonly entries: number;
  /** Rows that had arrived before. Their entries lie in the index for as long as the other transaction is open. */
  readonly arrivedBefore: number;
}

export interface LongTransactionReport {
  /** As long as one of the stretches, before the transaction was opened. */
  readonly before: Stretch;
  readonly during: readonly Stretch[];
  readonly written: number;
  /** What had arrived when writing had stopped and the transaction was still open. */
  readonly arrivedDuring: number;
  /** How long `outbox.status()`, which counts rows, took at the end. */
  readonly statusMs: number;
  /** A sentence each. */
  readonly violations: readonly string[];
}

/** The time is cut into so many parts. */
const STRETCHES = 10;
const WARM_UP_MS = 10_000;
const ARRIVAL_PATIENCE_MS = 30_000;

/**
 * Somebody keeps a write transaction open that has nothing to do with the outbox, so that the server can remove no dead row. What
 * is written meanwhile must arrive, as soon as before.
 * @param progress - told after each stretch
 */
export async function runLongTransaction(
  { longTransactionMs, rate }: LongTransactionOptions,
  progress: (stretch: Stretch) => void,
): Promise<LongTransactionReport> {
  const directory = await mkdtemp(join(tmpdir(), 'tramline-soak-'));
  const server = await PostgresServer.start();
  const pool = new Pool({ connectionString: server.url(), max: 10 });
  const log = join(directory, 'log');
  const transport = embedded({ directory: log });
  const outbox = pg(pool, { relay: false, autoCreate: true });
  const bus = new Tramline({
    service: 'writer',
    consume: false,
    transport,
    outbox,
    contracts: [Happened],
    log: silentLog,
  });
  let relay: TimedRelay | undefined;
  let writer: SteadyWriter | undefined;
  try {
    await bus.start();
    relay = await TimedRelay.start({ url: server.url(), directory: log });
    writer = new SteadyWriter(bus, rate);
    const watch = new Watch(pool, relay, writer, progress);
    // The first look of the relay, and compiling: not told of.
    await watch.warmUp(Math.min(WARM_UP_MS, longTransactionMs / STRETCHES));
    const before = await watch.stretch(longTransactionMs / STRETCHES);
    const other = await pool.connect();
    await other.query('CREATE TABLE unrelated (n integer)');
    await other.query('BEGIN');
    const during: Stretch[] = [];
    for (let part = 0; part < STRETCHES; part++) {
      await other.query('INSERT INTO unrelated VALUES ($1)', [part]);
      during.push(await watch.stretch(longTransactionMs / STRETCHES));
    }
    await writer.stop();
    await until(() => watch.everythingArrived(), ARRIVAL_PATIENCE_MS);
    const { arrived } = watch;
    const asked = performance.now();
    await bus.outbox.status();
    const statusMs = Math.round(performance.now() - asked);
    await other.query('COMMIT');
    other.release();
    const { written } = writer;
    return {
      ...{ before, during, written, arrivedDuring: arrived, statusMs },
      violations: violations(written, arrived, during),
    };
  } finally {
    await writer?.stop();
    await relay?.stop();
    await bus.close();
    await pool.end();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Looks at relay and server from outside. */
class Watch {
  arrived = 0;
  private readonly pool: Pool;
  private readonly relay: TimedRelay;
  private readonly writer: SteadyWriter;
  private readonly progress: (stretch: Stretch) => void;

  constructor(pool: Pool, relay: TimedRelay, writer: SteadyWriter, progress: (stretch: Stretch) => void) {
    this.pool = pool;
    this.relay = relay;
    this.writer = writer;
    this.progress = progress;
  }

  async warmUp(ms: number): Promise<void> {
    await pause(ms);
    await this.ask();
  }

  async stretch(ms: number): Promise<Stretch> {
    const arrivedBefore = this.arrived;
    const from = await this.entries();
    await pause(ms);
    const to = await this.entries();
    const latencies = await this.ask();
    const stretch = {
      ...latencies,
      backlog: this.writer.written - this.arrived,
      entries: to - from,
      arrivedBefore,
    };
    this.progress(stretch);
    return stretch;
  }

  async everythingArrived(): Promise<boolean> {
    await this.ask();
    return this.arrived >= this.writer.written;
  }

  private async ask(): Promise<Told> {
    const latencies = await this.relay.ask();
    this.arrived += latencies.rows;
    return latencies;
  }

  /** Entries that the server has touched in the index of pending rows so far. */
  private async entries(): Promise<number> {
    const { rows } = await this.pool.query<{ entries: number }>(
      `SELECT idx_tup_read::float8 AS entries FROM pg_stat_user_indexes WHERE indexrelname = 'tramline_outbox_pending'`,
    );
    return rows[0]!.entries;
  }
}
