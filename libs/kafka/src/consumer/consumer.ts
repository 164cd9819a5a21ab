import {
  asError,
  partitionNames,
  TransportError,
  type AssignedPartition,
  type CommitEntry,
  type ConsumeListener,
  type ConsumeOptions,
  type Log,
  type Membership,
  type StartPosition,
  type TopicPartition,
} from '@tramline/core';
import type { KafkaGroups } from '../admin/groups.js';
import type { Cluster } from '../cluster/cluster.js';
import { Fetcher } from './fetcher.js';
import { HeldPartitions, type Held } from './held.js';
import { ListenerTurns } from './listener-turns.js';
import { PartitionFlow } from './partition-flow.js';
import { positionsOf } from './positions.js';
import { checkMetadata, staleCommit } from './refused-commit.js';
import type { MakeSeat, Seat } from './seat.js';

/**
 * One membership: what its seat gives it, flows of records from there to the listener, and the way back.
 *
 * - A partition is *held* from the moment the group gave it to us. Its positions are read, the listener's `assigned` is
 *   awaited, then it *flows*.
 * - *Given up*: its flow stops, `revoked` is awaited for half a session at most, then others may have it.
 * - *Lost*: others have it already.
 * - The member is *away* while it cannot reach its coordinator or the leader of a partition. Deliveries go on until the
 *   session may be over, then wait until the group says what is still held.
 * - *Ended*, by `close` or by a failure: nothing is told any more.
 */
export class Consumer implements Membership {
  private readonly held = new HeldPartitions();
  private readonly turns: ListenerTurns;
  private readonly fetcher: Fetcher;
  private readonly seat: Seat;
  private readonly troubles = new Map<string, Error>();
  private joined = false;
  private lastHeard: number | undefined;
  private ended = false;
  private closing: Promise<void> | undefined;

  constructor(
    makeSeat: MakeSeat,
    private readonly cluster: Cluster,
    private readonly groups: KafkaGroups,
    private readonly options: ConsumeOptions,
    private readonly listener: ConsumeListener,
    private readonly log: Log,
    private readonly onEnded: () => void,
  ) {
    this.turns = new ListenerTurns(listener, cluster.clock, options.sessionTimeoutMs / 2, (error) =>
      log.warn(`Group ${options.group} gives partitions up although "revoked" failed: ${String(error)}`),
    );
    this.fetcher = new Fetcher(cluster, options.clientId, {
      outOfRange: (flow, remade) => void this.outOfRange(flow, remade),
      away: (broker, error) => this.trouble(`fetch ${broker}`, error),
      back: (broker) => this.relief(`fetch ${broker}`),
      heard: () => this.heard(),
      failed: (error) => void this.fail(error),
    });
    this.seat = makeSeat(this);
    // Nothing is told within the caller's turn.
    cluster.clock.setTimer(0, () => !this.closing && this.seat.start(), true);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.setPaused(partitions, false);
  }

  async commit(entries: readonly CommitEntry[]): Promise<void> {
    if (entries.length === 0) return;
    checkMetadata(entries);
    const stillHeld = () => {
      const stale = entries.find((entry) => !this.held.find(entry));
      if (stale) throw staleCommit(stale);
    };
    stillHeld();
    const meant = entries.filter((entry) => !this.held.find(entry)?.remade);
    if (meant.length > 0) await this.seat.commit(meant, stillHeld);
  }

  heardAt(): number | undefined {
    return this.lastHeard;
  }

  close(): Promise<void> {
    this.closing ??= this.leave();
    return this.closing;
  }

  // What seats tell. ------------------------------------------------------------------------------------------------

  get holdings(): readonly TopicPartition[] {
    return this.held.all().map(({ target }) => target);
  }

  /** These are ours now. Resolves when the listener took them in and they flow. An empty list is told too. */
  async take(partitions: readonly TopicPartition[]): Promise<void> {
    const fresh = partitions.map((target) => this.held.add(target));
    try {
      const positions = await this.positions(fresh);
      const starts = await this.turns.assigned(() => this.beginAssigned(fresh, positions));
      if (!starts || this.ended) return;
      for (const start of starts) this.startFlow(start, fresh);
      this.joined = true;
      if (this.troubles.size === 0) this.listener.status({ kind: 'joined' });
    } catch (error) {
      void this.fail(asError(error));
    }
  }

  /** These go to others, who wait for it. Resolves when they may have them. */
  async giveUp(partitions: readonly TopicPartition[]): Promise<void> {
    const going = partitions.flatMap((target) => this.held.find(target) ?? []);
    for (const held of going) this.stopFlow(held);
    const outcome = await this.turns.revoked(() => {
      const told = this.held.still(going).filter((held) => held.told);
      for (const held of told) held.told = false;
      return told.map(({ target }) => target);
    });
    if (outcome !== 'done') {
      const names = partitionNames(going.map(({ target }) => target));
      this.log.warn(
        `Group ${this.options.group} gives up ${names} before "revoked" is done: half a session is over.`,
      );
    }
    if (outcome === 'untold') this.lose(this.held.still(going));
    else this.held.drop(going);
  }

  /** Others have everything already. */
  loseAll(): void {
    this.lose(this.held.all());
  }

  /** A broker answered. */
  heard(): void {
    this.lastHeard = this.cluster.clock.monotonic();
  }

  /** @param what - of which there can be several; all must end before this member is back */
  trouble(what: string, error: Error): void {
    if (this.ended) return;
    const first = this.troubles.size === 0;
    this.troubles.set(what, error);
    if (first) this.listener.status({ kind: 'away', error });
  }

  relief(what: string): void {
    if (!this.troubles.delete(what) || this.troubles.size > 0 || this.ended) return;
    if (this.joined) this.listener.status({ kind: 'joined' });
  }

  /** The seat is sure of its partitions again. */
  kick(): void {
    for (const { flow } of this.held.all()) flow?.kick();
  }

  /** The end, which somebody has to mend. */
  async fail(error: Error): Promise<void> {
    if (this.ended) return;
    this.end();
    this.listener.status({ kind: 'failed', error });
    await this.seat.leave();
    this.finish();
  }

  // ------------------------------------------------------------------------------------------------------------------

  /**
   * As `fail`, for what lies in one partition and cannot be read. What runs may end and is committed first: it would run again
   * each time that the group is joined anew, and as long as nobody mends that partition.
   */
  private async failInOrder(error: Error): Promise<void> {
    if (this.ended || this.closing) return;
    this.seat.stop();
    await this.giveUp(this.holdings);
    await this.fail(error);
  }

  private async leave(): Promise<void> {
    this.seat.stop();
    if (!this.ended) await this.giveUp(this.holdings);
    const failed = this.ended;
    this.end();
    await this.seat.leave();
    if (!failed) this.finish();
  }

  private end(): void {
    this.ended = true;
    this.seat.stop();
    for (const held of this.held.all()) this.stopFlow(held);
    this.held.drop(this.held.all());
  }

  private finish(): void {
    this.fetcher.stop();
    this.onEnded();
  }

  /** Retried for ever: the partitions are ours meanwhile. */
  private async positions(fresh: readonly Held[]): Promise<AssignedPartition[]> {
    const backoff = this.cluster.backoff();
    const { group, broadcast } = this.options;
    for (let tries = 1; ; tries++) {
      const wanted = this.held.still(fresh).map(({ target }) => target);
      try {
        const found = await positionsOf(this.cluster, this.groups, broadcast ? null : group, wanted);
        this.relief(POSITIONS);
        return found;
      } catch (thrown) {
        const error = asError(thrown);
        const passing =
          error instanceof TransportError && (error.retriable || error.code === 'TRAMLINE_UNKNOWN_TOPIC');
        if (!passing || this.ended || this.closing) throw error;
        // Of a topic that was just made, a broker may not know yet that it leads it.
        if (tries >= PASSING_TRIES) this.trouble(POSITIONS, error);
        await backoff.wait();
      }
    }
  }

  private beginAssigned(
    fresh: readonly Held[],
    positions: readonly AssignedPartition[],
  ): readonly AssignedPartition[] | undefined {
    if (this.ended || this.closing) return undefined;
    const still = this.held.still(fresh);
    const found = positions.filter((one) => still.some(({ target }) => isSame(target, one)));
    // Those without a position are of a topic that was deleted just now.
    this.held.drop(still.filter(({ target }) => !found.some((one) => isSame(target, one))));
    for (const held of this.held.still(fresh)) {
      held.told = true;
      held.topicId = this.cluster.idOf(held.target.topic);
    }
    return found;
  }

  private startFlow(start: StartPosition, fresh: readonly Held[]): void {
    const held = this.held.find(start);
    if (!held || !fresh.includes(held) || held.flow || !held.told) return;
    held.flow = new PartitionFlow(held.target, start.offset, held.topicId, {
      listener: this.listener,
      mayDeliver: () => this.cluster.clock.monotonic() < this.seat.sureUntil(),
      hungry: () => this.fetcher.look(),
      failed: (error) => void this.failInOrder(error),
    });
    held.flow.paused = held.paused;
    this.fetcher.add(held.flow);
  }

  private stopFlow(held: Held): void {
    if (!held.flow) return;
    held.flow.stop();
    this.fetcher.remove(held.flow);
  }

  private lose(lost: readonly Held[]): void {
    for (const held of lost) this.stopFlow(held);
    this.held.drop(lost);
    const told = lost.filter((held) => held.told).map(({ target }) => target);
    if (told.length > 0 && !this.ended) this.listener.lost(told);
  }

  private async outOfRange(flow: PartitionFlow, remade: boolean): Promise<void> {
    const { group, broadcast } = this.options;
    const backoff = this.cluster.backoff();
    while (!flow.ended) {
      try {
        const [found] = await positionsOf(this.cluster, this.groups, broadcast ? null : group, [flow.target]);
        if (flow.ended || this.ended) return;
        if (found && (remade || flow.position < found.earliest || flow.position > found.end)) {
          if (remade && !broadcast) await this.forgetPosition(flow);
          return this.listener.outOfRange(found, flow.position);
        }
        // A leader that lagged behind was asked.
        flow.asked = false;
        return this.fetcher.look();
      } catch {
        await backoff.wait();
      }
    }
  }

  /**
   * Kafka forgets a group's positions in a topic that is deleted, but those committed since then would be taken for positions
   * in the new one, and what lies before them there would be skipped.
   */
  private async forgetPosition(flow: PartitionFlow): Promise<void> {
    const held = this.held.find(flow.target);
    if (held?.flow !== flow) return;
    held.remade = true;
    await this.seat.commit([{ ...flow.target, offset: NO_OFFSET, metadata: '' }], () => {});
  }

  private setPaused(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const held of partitions.flatMap((partition) => this.held.find(partition) ?? [])) {
      held.paused = paused;
      if (!held.flow) continue;
      held.flow.paused = paused;
      if (!paused) held.flow.kick();
    }
  }
}

/** What Kafka answers for partitions of which no position was committed. */
const NO_OFFSET = -1;
const POSITIONS = 'positions';
const PASSING_TRIES = 3;

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.partition === b.partition && a.topic === b.topic;
}
