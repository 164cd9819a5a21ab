import { asError, partitionName, recordBytes, TransportError } from '@tramline/core';
import type { OutboxEnvironment, OutboxRow } from '@tramline/core/outbox';
import { Aside } from './aside.js';
import { Lane, type LaneHost } from './lane.js';
import type { Leases } from './leases.js';
import type { Outcomes, Taken } from './outcomes.js';
import { backoffMs, RELAY } from './settings.js';
import type { Topics } from './topics.js';
import { verdictOn } from './verdict.js';

interface Plan {
  readonly suspicion: ReturnType<Lane['suspicion']>;
  readonly load: Taken[];
}

/** What lanes need of the relay around them. */
export interface LanesSetup {
  readonly environment: Pick<OutboxEnvironment, 'transport' | 'partitioner' | 'clock' | 'random'>;
  readonly flightMs: number;
  readonly leases: Leases;
  readonly topics: Topics;
  readonly outcomes: Outcomes;
  /** A lane rests, or a batch landed. */
  readonly changed: () => void;
  readonly away: (error: Error) => void;
}

/**
 * All lanes of a relay, and all rows that it has in memory.
 *
 * *The broker is away* when a flight runs out of time and no other landed meanwhile: its rows are dropped, and nothing flies
 * for a while (200 ms to 5 s, doubling until a batch lands). When others did land it is that *partition*, and the lane deals
 * with it by itself. So an outage costs backlog in the table, one flight per partition now and then, and no memory.
 */
export class Lanes implements LaneHost {
  landings = 0;
  /** How often rows were let go of that had not landed. */
  drops = 0;
  private readonly lanes = new Map<string, Lane>();
  private readonly taken = new Map<number, Taken>();
  private bytes = 0;
  private stopped = false;
  private turn: number;
  private pauses = 0;
  private away = false;
  private pausedUntil = -Infinity;
  private landedAt = -Infinity;

  constructor(private readonly setup: LanesSetup) {
    // Many relays that move a little each must not all begin with partition 0.
    this.turn = Math.floor(setup.environment.random.next() * 0x10000);
  }

  /** Whether nothing flies. */
  get resting(): boolean {
    for (const lane of this.lanes.values()) if (!lane.resting) return false;
    return true;
  }

  /** Whether nothing flies but what is not worth waiting for. */
  get settledDown(): boolean {
    for (const lane of this.lanes.values()) if (!lane.resting && !lane.suspicion()) return false;
    return true;
  }

  /** Whether so much is in memory that no further page should be read. */
  get full(): boolean {
    return this.taken.size >= RELAY.takenRows || this.bytes >= RELAY.takenBytes;
  }

  /** Until something may fly again after the broker went away; 0 or less: now. */
  get pausedMs(): number {
    return this.pausedUntil - this.clock.monotonic();
  }

  /** Rows with a higher id are in memory. */
  beyond(rowId: number): boolean {
    for (const taken of this.taken.keys()) if (taken > rowId) return true;
    return false;
  }

  /** The broker went away; nothing has landed since, and something may wait. */
  get brokerIsAway(): boolean {
    return this.away;
  }

  /** Nothing waits in the table: whether the broker is there is not known, and matters to nobody. */
  nothingWaits(): void {
    if (this.taken.size === 0) this.away = false;
  }

  /** Something of this bucket is in memory. */
  busy(bucket: number): boolean {
    for (const { row } of this.taken.values()) if (row.bucket === bucket) return true;
    return false;
  }

  /**
   * Brings the rows of a page, lowest id first, on their way. What a lane cannot take now is left in the table.
   * @param full - there are more rows behind them
   * @returns how many are on their way or going on hold, and how many must be read again
   */
  distribute(
    rows: readonly OutboxRow[],
    full: boolean,
  ): { readonly taken: number; readonly skipped: number } {
    if (this.stopped || this.pausedMs > 0) return { taken: 0, skipped: rows.length };
    const before = this.taken.size;
    let skipped = 0;
    const aside = new Aside();
    // What a lane does with rows is decided once for the page: a key must not wait and fly at once.
    const plans = new Map<Lane, Plan>();
    const slow: OutboxRow[] = [];
    for (const row of rows) {
      if (this.taken.has(row.rowId) || !this.setup.leases.holds(row.bucket)) continue;
      const lane = this.laneOf(row, aside);
      if (!lane) {
        skipped++;
        continue;
      }
      let plan = plans.get(lane);
      if (!plan) plans.set(lane, (plan = { suspicion: lane.suspicion(), load: [] }));
      if (plan.suspicion) aside.delay(row, plan.suspicion.forMs, plan.suspicion.error);
      else if (lane.free) plan.load.push(this.take(row));
      else {
        skipped++;
        if (lane.slow) slow.push(row);
      }
    }
    // A partition that answers, but not soon, must not keep all others waiting.
    if (full && aside.empty && this.taken.size === before)
      for (const row of slow) aside.delay(row, RELAY.firstHoldMs, slowError(row));
    for (const row of aside.rows()) this.take(row);
    aside.tell(this.outcomes);
    const taken = this.taken.size - before;
    for (const [lane, { load }] of plans) if (load.length > 0) void lane.run(load);
    return { taken, skipped };
  }

  /** Their end is known: they need not be kept in mind. */
  ended(rows: readonly OutboxRow[]): void {
    for (const { rowId } of rows) {
      this.bytes -= this.taken.get(rowId)?.bytes ?? 0;
      this.taken.delete(rowId);
    }
  }

  /** The table knows of all failures. */
  unblock(): void {
    for (const lane of this.lanes.values()) lane.blocked = false;
  }

  /** Flights under way end; no other begins. */
  stop(): void {
    this.stopped = true;
  }

  get transport() {
    return this.setup.environment.transport;
  }

  get clock() {
    return this.setup.environment.clock;
  }

  get random() {
    return this.setup.environment.random;
  }

  get outcomes() {
    return this.setup.outcomes;
  }

  get flightMs() {
    return this.setup.flightMs;
  }

  mayFly(rows: readonly Taken[]): boolean {
    const { leases } = this.setup;
    return !this.stopped && leases.flyable && rows.every(({ row }) => leases.holds(row.bucket));
  }

  landed(): void {
    this.landings++;
    this.landedAt = this.clock.monotonic();
    this.pauses = 0;
    this.away = false;
    this.pausedUntil = -Infinity;
    this.setup.changed();
  }

  dropped(rows: readonly Taken[]): void {
    if (rows.length > 0) this.drops++;
    this.ended(rows.map(({ row }) => row));
  }

  brokerAway(error: Error): void {
    // The flights of one wave fail together, and count once.
    if (this.pausedMs > 0) return;
    const { firstPauseMs, longestPauseMs } = RELAY;
    const pause = backoffMs(++this.pauses, firstPauseMs, longestPauseMs, this.random.next());
    this.pausedUntil = this.clock.monotonic() + pause;
    this.away = true;
    this.setup.away(error);
  }

  unknownTopic(topic: string): void {
    this.setup.topics.forget(topic);
  }

  rested(): void {
    this.setup.changed();
  }

  private laneOf(row: OutboxRow, aside: Aside): Lane | undefined {
    const { topic, record } = row;
    const partitions = this.setup.topics.partitions(topic);
    if (partitions === 'asking') return undefined;
    if (typeof partitions !== 'number') {
      this.misplaced(row, partitions, aside);
      return undefined;
    }
    if (row.partition === undefined && record.key === null) return this.nextLane(topic, partitions);
    try {
      const partition = row.partition ?? this.setup.environment.partitioner(record.key!, partitions, topic);
      if (Number.isInteger(partition) && partition >= 0 && partition < partitions)
        return this.lane(topic, partition);
      const chooser = row.partition === undefined ? 'publisher.partitioner chose' : 'the event names';
      throw new TransportError(
        'TRAMLINE_UNKNOWN_TOPIC',
        `For topic '${topic}' ${chooser} partition ${partition}, but it has partitions 0 to ${partitions - 1}. Add partitions, or mend the row.`,
      );
    } catch (thrown) {
      aside.refuse(row, asError(thrown));
      return undefined;
    }
  }

  /** Rows without key go in turn, round those that cannot take any just now. */
  private nextLane(topic: string, partitions: number): Lane {
    for (let tries = 0; tries < partitions; tries++) {
      const lane = this.lane(topic, this.turn++ % partitions);
      if (lane.free && !lane.suspicion()) return lane;
    }
    return this.lane(topic, this.turn++ % partitions);
  }

  private lane(topic: string, partition: number): Lane {
    const name = partitionName({ topic, partition });
    let lane = this.lanes.get(name);
    if (!lane) this.lanes.set(name, (lane = new Lane({ topic, partition }, this)));
    return lane;
  }

  /** The broker did not say how many partitions the topic has. */
  private misplaced(row: OutboxRow, error: Error, aside: Aside): void {
    const verdict = verdictOn(error);
    if (verdict !== 'away' && verdict !== 'broken') aside.refuse(row, error);
    else if (this.clock.monotonic() - this.landedAt < this.flightMs)
      aside.delay(row, RELAY.firstHoldMs, error);
    else this.brokerAway(error);
  }

  private take(row: OutboxRow): Taken {
    const bytes = recordBytes(row.record) + RELAY.frameBytes;
    const taken = { row, bytes, readAt: this.clock.monotonic() };
    this.taken.set(row.rowId, taken);
    this.bytes += bytes;
    return taken;
  }
}

function slowError({ topic }: OutboxRow): Error {
  return new TransportError('TRAMLINE_AWAY', `A partition of topic '${topic}' takes long to answer.`);
}
