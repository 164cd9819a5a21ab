import type { OutboxRow, RelayStore } from '@tramline/core/outbox';
import type { Random } from '@tramline/core';
import type { HoldTimes } from './hold-times.js';
import type { Leases } from './leases.js';
import type { Reports } from './reports.js';
import { backoffMs, RELAY } from './settings.js';

/** A row in memory: queued, flying, or with an end that the table does not know yet. */
export interface Taken {
  readonly row: OutboxRow;
  readonly bytes: number;
  /** Monotonic milliseconds. */
  readonly readAt: number;
}

interface Failure {
  readonly rows: readonly OutboxRow[];
  readonly error: Error;
  readonly forMs: number;
  /** It is the rows' own failure. */
  readonly counts: boolean;
}

/**
 * Ends of rows that the table must learn: sent, on hold, dead. Flights add to them at any time, the relay's loop writes them
 * down: failures before it reads a page, what was only sent also beside it. What could not be written, because the database is
 * away, stays for the next time: acknowledged rows are not sent again as long as the leases hold. Rows of buckets that are no
 * longer held are forgotten.
 */
export class Outcomes {
  /** How often a row did not land, so far. */
  setbacks = 0;
  private sent: Taken[] = [];
  private dead: { readonly row: OutboxRow; readonly error: Error }[] = [];
  private failures: Failure[] = [];

  constructor(
    private readonly store: Pick<RelayStore, 'settle' | 'bury' | 'hold'>,
    private readonly leases: Leases,
    private readonly holdTimes: HoldTimes,
    private readonly reports: Reports,
    private readonly random: Random,
    /** Rows are kept, marked as sent. */
    private readonly keep: boolean,
    /** These are through: the table knows their end, or another relay will find out. */
    private readonly ended: (rows: readonly OutboxRow[]) => void,
  ) {}

  get empty(): boolean {
    return this.sent.length + this.dead.length + this.failures.length === 0;
  }

  /** Nothing failed, and so little landed that it can be settled later: read again, it costs less than the wait. */
  get light(): boolean {
    return !this.failing && this.dead.length === 0 && this.sent.length <= RELAY.unsettledRows;
  }

  /** Rows that failed still look as if they could be sent: nothing may be sent behind them until this is written down. */
  get failing(): boolean {
    return this.failures.length > 0;
  }

  landed(rows: readonly Taken[]): void {
    this.sent.push(...rows);
  }

  /** It can never be sent as it is. */
  culprit(row: OutboxRow, error: Error): void {
    this.setbacks++;
    this.dead.push({ row, error });
  }

  /** The rows are to wait, and are not to blame. */
  delayed(rows: readonly OutboxRow[], forMs: number, error: Error): void {
    this.setbacks++;
    this.failures.push({ rows, error, forMs, counts: false });
  }

  /** The rows were not taken: they wait, ever longer, and are dead in the end. */
  refused(rows: readonly OutboxRow[], error: Error): void {
    this.setbacks++;
    const spent = (row: OutboxRow): boolean => row.attempts + 1 >= RELAY.deadAfter;
    for (const row of rows) if (spent(row)) this.culprit(row, error);
    for (const [failed, group] of byFailures(rows.filter((row) => !spent(row)))) {
      const random = this.random.next();
      const forMs = backoffMs(failed + 1, RELAY.firstHoldMs, RELAY.longestHoldMs, random);
      this.failures.push({ rows: group, error, forMs, counts: true });
    }
  }

  /** Writes down all there is. @throws what the store throws; what was not written stays */
  async write(): Promise<void> {
    await this.settle();
    await this.bury();
    await this.hold();
  }

  private async settle(): Promise<void> {
    // More may land while the statement runs.
    const sent = [...this.sent];
    if (sent.length === 0) return;
    const rows = this.held(sent.map(({ row }) => row));
    if (rows.length > 0) {
      const settled = await this.store.settle(this.leases.all(), rows, this.keep);
      this.reports.relayed(settled, sent[0]!.readAt);
    }
    this.sent = this.sent.slice(sent.length);
    this.ended(sent.map(({ row }) => row));
  }

  private async bury(): Promise<void> {
    while (this.dead.length > 0) {
      const { error } = this.dead[0]!;
      const alike = this.dead.filter((one) => one.error === error);
      const rows = this.held(alike.map(({ row }) => row));
      if (rows.length > 0) {
        await this.store.bury(this.leases.all(), rows, error.message);
        this.reports.dead(rows, error);
      }
      this.dead = this.dead.filter((one) => !alike.includes(one));
      this.ended(alike.map(({ row }) => row));
    }
  }

  private async hold(): Promise<void> {
    for (let failure = this.failures[0]; failure; failure = this.failures[0]) {
      const { error, forMs, counts } = failure;
      const rows = this.held(failure.rows);
      if (rows.length > 0) {
        await this.store.hold(this.leases.all(), rows, forMs, counts ? error.message : null);
        this.holdTimes.made(forMs);
        this.reports.held(rows, forMs, error);
      }
      this.failures.shift();
      this.ended(failure.rows);
    }
  }

  private held(rows: readonly OutboxRow[]): readonly OutboxRow[] {
    return rows.filter(({ bucket }) => this.leases.holds(bucket));
  }
}

/** Rows by how often the first of their key failed: all of a key wait alike, or those behind would be tried before it. */
function byFailures(rows: readonly OutboxRow[]): ReadonlyMap<number, readonly OutboxRow[]> {
  const ofKey = new Map<string, number>();
  const groups = new Map<number, OutboxRow[]>();
  for (const row of rows) {
    const key = keyName(row);
    const failed = ofKey.get(key) ?? row.attempts;
    ofKey.set(key, failed);
    const group = groups.get(failed);
    if (group) group.push(row);
    else groups.set(failed, [row]);
  }
  return groups;
}

function keyName({ topic, rowId, record: { key } }: OutboxRow): string {
  return key ? `${topic} ${Buffer.from(key).toString('hex')}` : String(rowId);
}
