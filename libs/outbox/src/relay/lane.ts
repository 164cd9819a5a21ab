import type { Clock, Random, TopicPartition } from '@tramline/core';
import type { OutboxEnvironment } from '@tramline/core/outbox';
import { fly, type Landing } from './flight.js';
import type { Outcomes, Taken } from './outcomes.js';
import { backoffMs, RELAY } from './settings.js';

/** What the lanes of a relay share. */
export interface LaneHost {
  readonly transport: OutboxEnvironment['transport'];
  readonly clock: Clock;
  readonly random: Random;
  readonly outcomes: Outcomes;
  readonly flightMs: number;
  /** Batches that landed so far, in whatever lane: they tell a partition that is away from a broker that is. */
  readonly landings: number;
  /** Whether a flight of these rows may start. */
  mayFly(rows: readonly Taken[]): boolean;
  landed(): void;
  /** The rows are as if they had never been read. */
  dropped(rows: readonly Taken[]): void;
  brokerAway(error: Error): void;
  unknownTopic(topic: string): void;
  /** A lane has come to rest. */
  rested(): void;
}

/**
 * The way of rows into one partition: one flight at a time, in the order of their ids.
 *
 * - *Resting*: nothing is queued. Takes the rows of a page, all at once.
 * - *Running*: flight after flight, until the queue is empty or something goes wrong. Takes nothing: what a page has for it
 *   stays in the table and is read again. What is left in the queue after a failure is dropped, and read again too. After a
 *   second it is *slow*: what waits for it, and fills pages, is passed (see {@link Pages}).
 * - *Blocked*: resting, with a failure that the table has not learned. Takes nothing, or a later row of a key could pass the
 *   one that failed.
 * - *Suspect*, beside the others: its last flight ran out of time while other partitions took theirs. Rows are put on hold,
 *   since they would fill the pages of the others; one flight tries, ever more seldom.
 *
 * A batch that is too large is halved, in order, until the culprit is alone; that row is dead, and the others go on.
 */
export class Lane {
  blocked = false;
  private queue: Taken[] = [];
  private runningSince: number | undefined;
  private failures = 0;
  private retryAt = -Infinity;
  private lastError: Error | undefined;
  private unknown = false;
  /** While a batch that was too large is divided: how many of its rows are left, and how many may fly together. */
  private suspects = 0;
  private share: number = RELAY.flightRecords;

  constructor(
    readonly target: TopicPartition,
    private readonly host: LaneHost,
  ) {}

  get resting(): boolean {
    return this.runningSince === undefined;
  }

  get free(): boolean {
    return this.resting && !this.blocked;
  }

  /** How long rows of this lane are to be put aside, and why; undefined: they are not. */
  suspicion(): { readonly forMs: number; readonly error: Error } | undefined {
    if (!this.lastError) return undefined;
    const left = this.retryAt - this.host.clock.monotonic();
    if (this.resting && left <= 0) return undefined;
    return { forMs: Math.max(left, RELAY.firstHoldMs), error: this.lastError };
  }

  /** Runs for so long that its rows may be in the way of others. */
  get slow(): boolean {
    return this.host.clock.monotonic() - (this.runningSince ?? Infinity) >= RELAY.slowMs;
  }

  /** Takes rows, and flies them. The lane must be free. Never rejects. */
  async run(rows: Taken[]): Promise<void> {
    const { host } = this;
    this.queue = rows;
    this.suspect(0);
    this.runningSince = host.clock.monotonic();
    while (this.queue.length > 0 && host.mayFly(this.queue)) {
      const landings = host.landings;
      const batch = this.load();
      const landing = await fly(
        this.target,
        batch.map(({ row }) => row),
        host.flightMs,
        host,
      );
      if (!this.land(batch, landing, landings)) break;
    }
    host.dropped(this.queue);
    this.queue = [];
    this.runningSince = undefined;
    host.rested();
  }

  private load(): Taken[] {
    let bytes = 0;
    let end = 0;
    while (end < this.queue.length && end < this.share) {
      bytes += this.queue[end]!.bytes;
      if (bytes > RELAY.flightBytes && end > 0) break;
      end++;
    }
    return this.queue.splice(0, end);
  }

  /** @param landings - as they were when the flight began. @returns whether the queue goes on */
  private land(batch: Taken[], landing: Landing, landings: number): boolean {
    if (landing.verdict === 'landed') {
      this.failures = 0;
      this.lastError = undefined;
      this.unknown = false;
      this.suspect(this.suspects - batch.length, this.share);
      this.host.outcomes.landed(batch);
      this.host.landed();
      return true;
    }
    const { verdict, error } = landing;
    if (verdict === 'too-large') return this.divide(batch, error);
    if (verdict === 'refused') return this.refuse(batch, error);
    if (verdict === 'unknown-topic') {
      // Once: it may have been deleted and be made again. After that somebody has to look at it.
      this.host.unknownTopic(this.target.topic);
      if (this.unknown) return this.refuse(batch, error);
      this.unknown = true;
    } else if (verdict === 'away' && this.host.landings > landings) {
      return this.delay(batch, error);
    } else {
      // Nothing landed: that it is this partition's own trouble can no longer be said.
      this.lastError = undefined;
      this.host.brokerAway(error);
    }
    this.host.dropped(batch);
    return false;
  }

  private divide(batch: Taken[], error: Error): boolean {
    if (batch.length === 1) {
      this.suspect(0);
      this.host.outcomes.culprit(batch[0]!.row, error);
      return true;
    }
    this.queue = [...batch, ...this.queue];
    this.suspect(batch.length, Math.ceil(batch.length / 2));
    return true;
  }

  private refuse(batch: readonly Taken[], error: Error): boolean {
    this.blocked = true;
    this.host.outcomes.refused(
      batch.map(({ row }) => row),
      error,
    );
    return false;
  }

  private delay(batch: readonly Taken[], error: Error): boolean {
    const { clock, random, outcomes } = this.host;
    const { firstHoldMs, longestSuspicionMs } = RELAY;
    const wait = backoffMs(++this.failures, firstHoldMs, longestSuspicionMs, random.next());
    this.blocked = true;
    this.lastError = error;
    this.retryAt = clock.monotonic() + wait;
    outcomes.delayed(
      batch.map(({ row }) => row),
      wait,
      error,
    );
    return false;
  }

  private suspect(suspects: number, share: number = RELAY.flightRecords): void {
    this.suspects = Math.max(0, suspects);
    this.share = this.suspects > 0 ? share : RELAY.flightRecords;
  }
}
