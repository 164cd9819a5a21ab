import { setImmediate } from 'node:timers/promises';
import { VirtualClock } from '@tramline/testing';
import { until } from '../../sample/support/until.ts';
import type { OutboxDatabase } from './outbox-database.ts';
import { PostgresDatabase } from './postgres-database.ts';

const STEP_MS = 250;
const PATIENCE_MS = 100_000;

/**
 * Virtual time over a real database: it stands still while a statement is under way, so that an hour is neither more nor less.
 * What the database dates itself, leases and holds, goes by real time.
 */
export class PassingTime {
  readonly clock = new VirtualClock(Date.now());
  private readonly database: OutboxDatabase;

  constructor(database: OutboxDatabase) {
    this.database = database;
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    // Statements of SQLite are over when the call returns: time needs not wait for them.
    if (!(this.database instanceof PostgresDatabase)) return this.clock.advance(ms);
    for (let left = ms; left > 0; left -= STEP_MS) {
      await this.settled();
      await this.clock.advance(Math.min(left, STEP_MS));
    }
    await this.settled();
  }

  /** Lets time pass until `work` is through. */
  async through<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const end = () => void (over = true);
    work.then(end, end);
    while (!over) await this.pass(STEP_MS);
    return work;
  }

  /** Lets time pass until it is so: virtual time, but the bound is one of real time, which the database goes by. */
  until(what: string, reached: () => boolean | Promise<boolean>): Promise<boolean> {
    const ask = async () => {
      if (await reached()) return true;
      await this.pass(1_000);
      return false;
    };
    return until(what, ask, PATIENCE_MS);
  }

  private async settled(): Promise<void> {
    // What an answer sets going may be the next statement.
    for (let quiet = 0; quiet < 2; quiet = this.busy ? 0 : quiet + 1) await setImmediate();
  }

  private get busy(): boolean {
    if (!(this.database instanceof PostgresDatabase)) return false;
    const { pool } = this.database;
    return pool.totalCount > pool.idleCount || pool.waitingCount > 0;
  }
}
