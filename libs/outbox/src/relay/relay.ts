import { asError, sleep, within, type Clock, type Random } from '@tramline/core';
import type { OutboxEnvironment, OutboxStore, RelayHealth, RelayStore } from '@tramline/core/outbox';
import { Bell } from './bell.js';
import { Floor } from './floor.js';
import { HoldTimes } from './hold-times.js';
import { Lanes } from './lanes.js';
import { Leases } from './leases.js';
import { Outcomes } from './outcomes.js';
import { Pace } from './pace.js';
import { Pages } from './pages.js';
import { Reports } from './reports.js';
import { Schedule } from './schedule.js';
import { backoffMs, flightMsFor, RELAY } from './settings.js';
import { Topics } from './topics.js';

export interface RelayOptions {
  /** Unique among all relays of the database, at any time. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Rows that were sent are marked, not deleted. */
  readonly keep: boolean;
  /** Rows of a page. Default: that of the settings. */
  readonly pageRows?: number;
}

/** How long `stop` waits for the database beyond the flights. */
const STOP_PATIENCE_MS = 5_000;

/**
 * Moves committed rows of the outbox to the transport. Any number of relays share the buckets of one database.
 *
 * Made -> started -> stopped. In between one loop takes turns, each with these steps, and only the loop speaks with the
 * database:
 * 1. *Leases*: beat, claim, mark what is too much.
 * 2. *Ends*: what flights brought about since the last turn is written down: sent, on hold, dead. What was only sent may
 *    wait until step 5. Then buckets that are too much are given back.
 * 3. *Holds* and *scheduled rows* that are due come back among the pending ones.
 * 4. A *page* of pending rows is read, lowest id first, and distributed to the lanes, one per partition.
 * 5. The *wave*: ends are written down, and at the same time the next page is read ahead (see {@link Pages}), while this one
 *    flies; then until all lanes rest, but for those that are known to be slow, and no longer than 100 ms.
 * Between turns it sleeps as long as nothing is due; a write in this process wakes it.
 *
 * Why the order of a key holds: ids of a key ascend in the order of commits, a page shows all rows from where it starts, a key
 * has one lane, and a lane takes the rows of a page only when nothing is left in it of an earlier one, and nothing before the
 * page waits for it. When anything goes
 * wrong with a row, the rest of the lane goes back into the table with it, and is read again from there.
 *
 * What may go wrong, and what follows:
 * - *The broker is away*, for a second or for an hour: see {@link Lanes}. No holds, no attempts counted.
 * - *One partition is away*, or slow: see {@link Lane} and {@link Pages}; others flow.
 * - *A topic does not exist*: it is made or checked once more, as the bus would; then its keys go on hold, ever longer, and
 *   after 24 attempts their rows are dead. So with a topic that refuses, and a partition that a topic does not have.
 * - *The database is away*: the turn ends with the error, the next comes after a wait (200 ms to 5 s). Flights end meanwhile;
 *   rows that were acknowledged are kept in mind and settled later, if the leases hold. If not, or if this process dies, they
 *   are sent again by whoever owns the bucket then, before anything later of their key: a repeat, not a disorder.
 * - *A lease ran out or was lost*: nothing more of the bucket flies, what was found out is dropped, and the store refuses
 *   what is written all the same, by the epoch. When the bucket comes back it is read from the beginning; a row that was
 *   acknowledged and is still there is settled under the new epoch, since that it was sent stays true.
 * - *The process stands still for longer than its lease* in the middle of a flight: the flight may land behind later events
 *   of another relay. It repeats events; first appearances keep their order. No flight starts that could not end in time.
 * - *Stop during a flight*: flights end (they have 5 s at most), their rows are settled, the leases are given back.
 * - *The transport was closed* by somebody: as if the broker were away.
 */
export class Relay {
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly bell: Bell;
  private readonly pace: Pace;
  private readonly floor: Floor;
  private readonly leases: Leases;
  private readonly holdTimes: HoldTimes;
  private readonly schedule: Schedule;
  private readonly outcomes: Outcomes;
  private readonly lanes: Lanes;
  private readonly pages: Pages;
  private readonly reports: Reports;
  private readonly flightMs: number;
  private readonly stopping = new AbortController();
  private failures = 0;
  private running: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly store: RelayStore & Pick<OutboxStore, 'kindOf'>,
    private readonly environment: OutboxEnvironment,
    { owner, leaseMs, keep, pageRows = RELAY.pageRows }: RelayOptions,
  ) {
    const { clock, random } = environment;
    this.clock = clock;
    this.random = random;
    this.flightMs = flightMsFor(leaseMs);
    this.bell = new Bell(clock);
    this.pace = new Pace(clock);
    this.floor = new Floor(store, clock);
    this.reports = new Reports(owner, environment);
    this.leases = new Leases(store, clock, owner, leaseMs, this.flightMs, () => {
      this.floor.rewind();
      this.holdTimes.unknown();
      this.pace.nudge();
    });
    this.holdTimes = new HoldTimes(store, clock, this.leases, () => {
      this.floor.rewind();
      this.pace.nudge();
    });
    this.schedule = new Schedule(store, clock, () => this.pace.nudge());
    this.outcomes = new Outcomes(store, this.leases, this.holdTimes, this.reports, random, keep, (rows) => {
      this.lanes.taken.ended(rows);
      this.pages.ended(rows);
    });
    const changed = () => {
      if (this.pages.skipped) this.pace.nudge();
      this.bell.ring();
    };
    this.lanes = new Lanes({
      environment,
      flightMs: this.flightMs,
      leases: this.leases,
      topics: new Topics(environment, () => {
        this.floor.rewind();
        this.pace.nudge();
        changed();
      }),
      outcomes: this.outcomes,
      changed,
      away: (error) => this.reports.away('broker', error),
    });
    const { leases, floor, lanes, outcomes, pace } = this;
    this.pages = new Pages({ store, clock, leases, floor, lanes, outcomes, pace, pageRows });
  }

  get health(): RelayHealth {
    return this.reports.health;
  }

  /** Idempotent. The loop keeps the process alive until {@link stop}. */
  start(): void {
    if (!this.stopping.signal.aborted) this.running ??= this.run();
  }

  /** Rows of these buckets were written in this process, or committed. Other relays' buckets are theirs to read. */
  nudge(buckets: Iterable<number>): void {
    if (!this.running || !this.leases.holdsAny(buckets)) return;
    this.pace.nudge();
    this.bell.ring();
  }

  /** Rows that are due in `delayMs` were written in this process. */
  scheduled(delayMs: number): void {
    if (!this.running) return;
    this.schedule.written(delayMs);
    this.bell.ring();
  }

  /** Lets flights end, settles them, gives leases back. Idempotent; never rejects. */
  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async end(): Promise<void> {
    this.stopping.abort();
    this.lanes.stop();
    this.bell.ring();
    // A statement that never returns must not keep the process from ending.
    if (this.running) await within(this.clock, this.flightMs + STOP_PATIENCE_MS, this.running);
    if (this.running) this.reports.stopped();
  }

  /** Never rejects. */
  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const waitMs = await this.turn();
        this.failures = 0;
        if (!this.lanes.brokerIsAway) this.reports.relaying(this.leases.size);
        if (waitMs > 0) await this.bell.wait(waitMs);
      } catch (error) {
        await this.failed(asError(error));
      }
    }
    await this.leave();
  }

  /** @returns milliseconds until there is something to do */
  private async turn(): Promise<number> {
    await this.leases.tend();
    if (this.readInMs > 0 || !(this.outcomes.light || this.pages.isAhead)) await this.writeOutcomes();
    await this.leases.giveBack((bucket) => this.lanes.taken.of(bucket));
    await this.schedule.tend();
    if (!this.leases.flyable || this.leases.reading().length === 0) {
      await this.writeOutcomes();
      return this.leases.beatInMs;
    }
    await this.holdTimes.tend();
    const { readInMs } = this;
    if (readInMs > 0 || (!this.lanes.resting && this.lanes.taken.full)) {
      await this.writeOutcomes();
      return this.nextDueMs(readInMs);
    }
    const taken = await this.pages.next();
    // Beside the flights of now. The loop goes on only when nothing speaks with the database any more.
    const readAhead = this.pages.readAhead();
    try {
      await this.writeOutcomes();
    } finally {
      await readAhead;
    }
    if (this.pages.empty && this.holdTimes.none) this.lanes.nothingWaits();
    if (taken === 0) return this.nextDueMs(this.pace.dueInMs(!this.lanes.resting));
    await this.wave();
    return 0;
  }

  /** Until a page is to be read; 0 or less: now. */
  private get readInMs(): number {
    return Math.max(this.lanes.pausedMs, this.pace.dueInMs(!this.lanes.resting));
  }

  private nextDueMs(readInMs: number): number {
    const others = [this.leases.beatInMs, this.holdTimes.inMs, this.schedule.inMs];
    const read = readInMs > 0 ? readInMs : Infinity;
    return Math.max(1, Math.min(read, ...others));
  }

  /** Until all lanes rest, or so long that rows of other lanes may have come meanwhile. */
  private async wave(): Promise<void> {
    const end = this.clock.monotonic() + RELAY.straggleMs;
    while (!this.lanes.settledDown) {
      const left = Math.min(end - this.clock.monotonic(), this.leases.beatInMs);
      if (left <= 0) return;
      await this.bell.wait(left);
    }
  }

  private async writeOutcomes(): Promise<void> {
    await this.outcomes.write();
    // A flight may have failed since the last line was written.
    if (!this.outcomes.failing) this.lanes.unblock();
    this.pages.written();
  }

  private async failed(error: Error): Promise<void> {
    const { signal } = this.stopping;
    // Whether the statement did its work is not known, so nothing that was concluded from it holds.
    this.floor.rewind();
    this.holdTimes.unknown();
    const conflict = this.store.kindOf(error) === 'conflict';
    if (!conflict) this.reports.away('database', error);
    const { firstPauseMs, longestPauseMs } = RELAY;
    const wait = backoffMs(++this.failures, conflict ? 10 : firstPauseMs, longestPauseMs, this.random.next());
    await sleep(this.clock, wait, signal).catch(() => undefined);
  }

  /** The end of the loop. Never rejects: what cannot be given back runs out. */
  private async leave(): Promise<void> {
    try {
      while (!this.lanes.resting) await this.bell.wait(this.flightMs);
      await this.outcomes.write();
      await this.leases.leave();
    } catch (error) {
      this.environment.log.debug(`The relay could not give its leases back: ${asError(error).message}`);
    }
  }
}
