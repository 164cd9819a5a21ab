import {
  asError,
  ClosedError,
  partitionName,
  within,
  type CommitEntry,
  type ConsumeListener,
  type ConsumeOptions,
  type Log,
  type Membership,
  type MembershipStatus,
  type RecordBatch,
  type StartPosition,
  type TopicPartition,
} from '@tramline/core';
import { BroadcastSeat } from './broadcast-seat.js';
import type { BrokerCore } from './broker-core.js';
import { Flow, type FlowListener } from './flow.js';
import { away, type Link } from './link.js';
import { staleCommit } from './refusals.js';
import type { Occupant, Seat } from './seat.js';
import { Signal } from './signal.js';

/**
 * One member, as its own process sees it. A loop carries out the seat's plan, one thing at a time:
 *
 * - *joining*: no seat yet (also after a session expired), or the broker is away.
 * - *giving up*: `revoked` is under way for partitions meant for others; they are released when it ended.
 * - *taking*: `assigned` is under way for free partitions that are meant for this member; they flow when it ended.
 * - *steady*: the plan is fulfilled; woken by a new generation, a released partition, the link, or `close`.
 * - *left*: by `close`, or *failed* because the listener threw.
 *
 * Beside the loop, since they must not wait for a listener's slow answer: `lost`, and the status `away`.
 */
export class MemoryMembership implements Membership, Occupant, FlowListener {
  readonly topics: ReadonlySet<string>;
  readonly #wakeUp = new Signal();
  readonly #held = new Map<string, Flow>();
  /** Told `revoked`, not released yet. */
  #givenUp: TopicPartition[] = [];
  /** The last `revoked` was not answered in time and is still under way. */
  #overdue = false;
  #seat: Seat | undefined;
  #seenGeneration: number | undefined;
  #closing: Promise<void> | undefined;
  #left = false;
  #toldAway = false;
  #joined = false;
  #heardAt: number | undefined;
  readonly #unwatch: () => void;
  readonly #running: Promise<void>;

  constructor(
    readonly options: ConsumeOptions,
    readonly listener: ConsumeListener,
    readonly link: Link,
    readonly broker: BrokerCore,
    readonly log: Log,
    readonly onLeft: () => void,
  ) {
    this.topics = new Set(options.topics);
    this.#unwatch = link.watch(() => this.#later());
    this.#running = this.#run().catch((error: unknown) => this.#fail(asError(error)));
    if (link.away) this.#later();
  }

  get clientId(): string {
    return this.options.clientId;
  }

  get group(): string {
    return this.options.group;
  }

  get sessionTimeoutMs(): number {
    return this.options.sessionTimeoutMs;
  }

  get silent(): boolean {
    return this.link.silent || this.#left;
  }

  wake(): void {
    this.#later();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#held.get(partitionName(partition))?.pause();
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#held.get(partitionName(partition))?.resume();
  }

  heardAt(): number | undefined {
    const { link } = this;
    if (!link.away && !this.#left) this.#heardAt = link.clock.monotonic();
    return this.#heardAt;
  }

  async commit(entries: readonly CommitEntry[]): Promise<void> {
    if (this.#left) throw new ClosedError('This membership');
    const first = entries[0];
    const call = {
      operation: 'commit',
      clientId: this.clientId,
      group: this.group,
      topic: first?.topic,
    } as const;
    const seat = this.#seat;
    if (!first) return;
    if (!seat) throw staleCommit(this.group, first, undefined);
    await this.link.request(call, () => seat.commit(entries));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  deliver(batch: RecordBatch): void | Promise<void> {
    return this.listener.records(batch);
  }

  outOfRange(...args: Parameters<FlowListener['outOfRange']>): void {
    this.listener.outOfRange(...args);
  }

  fetchFailed(error: Error): void {
    this.listener.status({ kind: 'away', error });
  }

  fetchMended(): void {
    this.listener.status({ kind: 'joined' });
  }

  broke(thrown: unknown): void {
    this.#fail(asError(thrown));
  }

  async #close(): Promise<void> {
    this.#wakeUp.raise();
    // A listener that never answers `assigned` must not keep the process from ending.
    const ended = await within(this.link.clock, this.sessionTimeoutMs, this.#running);
    await this.link.turn();
    if (!ended) this.#drop();
    this.#leave();
  }

  async #run(): Promise<void> {
    await this.link.turn();
    while (!this.#left && !this.#closing) {
      if (!(await this.#step())) await this.#wakeUp.wait();
      await this.link.turn();
    }
    if (!this.#left) await this.#giveUp([...this.#held.values()].map((flow) => flow.partition));
  }

  /** @returns whether there may be more to do at once */
  async #step(): Promise<boolean> {
    if (this.link.away) return false;
    this.#look();
    if (!this.#seat || this.#seat.expired) this.#join();
    const seat = this.#seat!;
    if (this.#givenUp.length > 0) {
      const free = this.#givenUp;
      this.#givenUp = [];
      seat.release(free);
      return true;
    }
    const { generation, release, take } = seat.plan();
    if (release.length > 0) {
      await this.#giveUp(release);
      return true;
    }
    if (this.#overdue || (take.length === 0 && generation === this.#seenGeneration)) return false;
    this.#seenGeneration = generation;
    await this.#take(seat, take);
    return true;
  }

  #join(): void {
    this.#givenUp = [];
    this.#seenGeneration = undefined;
    const { cluster } = this.broker;
    this.#seat = this.options.broadcast
      ? new BroadcastSeat(cluster.newMemberId(this.clientId), this, cluster)
      : cluster.group(this.group).join(this);
  }

  async #giveUp(partitions: readonly TopicPartition[]): Promise<void> {
    for (const name of partitions.map(partitionName)) {
      this.#held.get(name)?.stop();
      this.#held.delete(name);
    }
    if (partitions.length > 0) {
      // Two `revoked` never run at once: who did not answer the last one in time is not asked again.
      if (this.#overdue) this.listener.lost(partitions);
      else await this.#revoke(partitions);
      await this.link.turn();
    }
    this.#givenUp.push(...partitions);
  }

  async #revoke(partitions: readonly TopicPartition[]): Promise<void> {
    let ended = false;
    const end = () => {
      ended = true;
      this.#overdue = false;
      this.#wakeUp.raise();
    };
    const revoked = this.listener
      .revoked(partitions)
      .catch((error: unknown) =>
        this.log.error(`revoked of ${this.group} failed: ${asError(error).message}`, { error }),
      )
      .then(end);
    await within(this.link.clock, this.sessionTimeoutMs / 2, revoked);
    this.#overdue = !ended;
  }

  async #take(seat: Seat, partitions: readonly TopicPartition[]): Promise<void> {
    const assigned = seat.take(partitions);
    const flows = assigned.map((partition) => new Flow(partition, this.link, this.broker, this));
    for (const flow of flows) this.#held.set(partitionName(flow.partition), flow);
    let starts: Map<string, StartPosition>;
    try {
      starts = new Map(
        (await this.listener.assigned(assigned)).map((start) => [partitionName(start), start]),
      );
      await this.link.turn();
      for (const { partition } of flows) {
        if (!starts.has(partitionName(partition)))
          throw new Error(`assigned() named no start of ${partitionName(partition)}`);
      }
    } catch (error) {
      await this.link.turn();
      return this.#fail(asError(error));
    }
    if (this.#left) return;
    this.#joined = true;
    if (!this.#toldAway) this.#status({ kind: 'joined' });
    for (const flow of flows) {
      const name = partitionName(flow.partition);
      if (this.#held.get(name) === flow) flow.start(starts.get(name)!.offset);
    }
  }

  /** Looks at link and seat on a later turn: nothing is told inside somebody's call. */
  #later(): void {
    // Who left without being able to say so is still woken until its session ends.
    if (this.#left) return;
    const look = () => {
      if (this.#left || this.link.crashed) return;
      this.#look();
      this.#wakeUp.raise();
    };
    this.link.clock.setTimer(0, look, true);
  }

  #look(): void {
    if (this.link.away) {
      if (!this.#toldAway) this.#status({ kind: 'away', error: away({ group: this.group }, 'not-written') });
      this.#toldAway = true;
      return;
    }
    const seat = this.#seat;
    const lost = [...this.#held.values()].filter((flow) => !seat?.owns(flow.partition));
    this.#drop(lost);
    if (this.#toldAway && this.#joined && !seat?.expired) this.#status({ kind: 'joined' });
    this.#toldAway = false;
    for (const flow of this.#held.values()) flow.poke();
  }

  #drop(flows: readonly Flow[] = [...this.#held.values()]): void {
    if (flows.length === 0) return;
    for (const flow of flows) {
      flow.stop();
      this.#held.delete(partitionName(flow.partition));
    }
    this.listener.lost(flows.map((flow) => flow.partition));
  }

  #fail(error: Error): void {
    if (this.#left) return;
    for (const flow of this.#held.values()) flow.stop();
    this.#held.clear();
    this.#leave();
    this.#status({ kind: 'failed', error });
  }

  #status(status: MembershipStatus): void {
    this.listener.status(status);
  }

  /** Out of the group at once, or, where the broker cannot be told, when the session ends. */
  #leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#unwatch();
    this.#wakeUp.raise();
    if (!this.link.away || this.options.broadcast) this.#seat?.leave();
    else this.broker.cluster.awayChanged();
    this.onLeft();
  }
}
