import { partitionName, type TopicPartition } from '@tramline/core';
import type { OutboxEnvironment, OutboxRow } from '@tramline/core/outbox';
import { Distribution, type Distributed } from './distribution.js';
import { Lane, type LaneHost } from './lane.js';
import type { Leases } from './leases.js';
import { Outage } from './outage.js';
import type { Outcomes, Taken } from './outcomes.js';
import { Placement } from './placement.js';
import { TakenRows } from './taken-rows.js';
import type { Topics } from './topics.js';

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
 * All lanes of a relay, and the rows of pages on their way into them.
 *
 * *The broker is away* when a flight runs out of time and no other landed meanwhile: its rows are dropped, and nothing flies
 * for a while, see {@link Outage}. When others did land it is that *partition*, and the lane deals with it by itself. So an
 * outage costs backlog in the table, one flight per partition now and then, and no memory.
 */
export class Lanes implements LaneHost {
  landings = 0;
  /** How often rows were let go of that had not landed. */
  drops = 0;
  readonly taken: TakenRows;
  private readonly lanes = new Map<string, Lane>();
  private readonly distribution: Distribution;
  private readonly outage: Outage;
  private stopped = false;

  constructor(private readonly setup: LanesSetup) {
    const { topics, leases, outcomes, flightMs } = setup;
    const { clock, random, partitioner } = setup.environment;
    const rows = (this.taken = new TakenRows(clock));
    const outage = (this.outage = new Outage(clock, random, setup.away));
    const placement = new Placement({ topics, partitioner, random, lane: (target) => this.lane(target) });
    this.distribution = new Distribution({ leases, placement, outage, outcomes, rows, flightMs });
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

  /** Until something may fly again after the broker went away; 0 or less: now. */
  get pausedMs(): number {
    return this.outage.pausedMs;
  }

  /** The broker went away; nothing has landed since, and something may wait. */
  get brokerIsAway(): boolean {
    return this.outage.isOn;
  }

  /** Nothing waits in the table. */
  nothingWaits(): void {
    if (this.taken.size === 0) this.outage.nothingWaits();
  }

  /** Brings the rows of a page, lowest id first, on their way. @param waitedFor - see {@link Distribution.of} */
  distribute(rows: readonly OutboxRow[], waitedFor: ReadonlySet<Lane>): Distributed {
    if (this.stopped || this.pausedMs > 0) return { taken: 0, skipped: rows.length };
    return this.distribution.of(rows, waitedFor);
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
    this.outage.landed();
    this.setup.changed();
  }

  dropped(rows: readonly Taken[]): void {
    if (rows.length > 0) this.drops++;
    this.taken.ended(rows.map(({ row }) => row));
  }

  brokerAway(error: Error): void {
    this.outage.begin(error);
  }

  unknownTopic(topic: string): void {
    this.setup.topics.forget(topic);
  }

  rested(): void {
    this.setup.changed();
  }

  private lane(target: TopicPartition): Lane {
    const name = partitionName(target);
    let lane = this.lanes.get(name);
    if (!lane) this.lanes.set(name, (lane = new Lane(target, this)));
    return lane;
  }
}
