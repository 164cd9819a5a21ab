import {
  asError,
  partitionName,
  TransportError,
  within,
  type CommitEntry,
  type ConsumeOptions,
  type Timer,
  type TopicPartition,
} from '@tramline/core';
import { BrokerError } from '../cluster/broker-errors.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Lane } from '../cluster/lane.js';
import { offsetCommit } from '../protocol/api/groups.js';
import { heartbeat, leaveGroup } from '../protocol/api/membership.js';
import { errorName, type ErrorName } from '../protocol/error-codes.js';
import type { Consumer } from './consumer.js';
import { staleCommit } from './refused-commit.js';
import type { Seat } from './seat.js';
import { Joining, type Joined } from './joining.js';
import { TopicWatch } from './topic-watch.js';

/** Heartbeats in one session: a few may be late. Never rarer than this, so that a rebalance is noticed soon. */
const BEATS_PER_SESSION = 6;
const MOST_BEAT_MS = 500;

/** How often a commit is tried again before its caller is asked to. */
const COMMIT_TRIES = 4;

const COORDINATOR_MOVED: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'COORDINATOR_LOAD_IN_PROGRESS',
]);

/**
 * A place in a consumer group, by Kafka's classic protocol, cooperatively: who joins says what it has, and keeps it until
 * the group's leader gives it to somebody else.
 *
 * - *Joining*: JoinGroup, SyncGroup. The answer names our partitions. What we have goes on meanwhile.
 * - *Stable*: heartbeats. What the answer did not name is given up, which is awaited, and then we join again, so that its
 *   new owner gets it; what it named anew is taken.
 * - A heartbeat says that others came or went, or the leader sees that topics changed: joining.
 * - The group does not know us any more (the session ended): everything is lost; joining, as a new member.
 * - The coordinator is away: heartbeats are tried on and on; the session may survive, and then nothing has happened.
 */
export class GroupSeat implements Seat {
  private readonly lane: Lane;
  private readonly joining: Joining;
  private readonly watch: TopicWatch;
  private current: Joined | undefined;
  private joinUnderWay: Promise<void> | undefined;
  private sure = 0;
  private misses = 0;
  private beat: Timer | undefined;
  private stopped = false;
  private left = false;
  private disturb: () => void = () => {};

  constructor(
    private readonly consumer: Consumer,
    private readonly cluster: Cluster,
    private readonly options: ConsumeOptions,
  ) {
    this.lane = cluster.lane(options.clientId);
    this.joining = new Joining(cluster, this.lane, options);
    this.watch = new TopicWatch(cluster, () => this.disturb());
  }

  start(): void {
    void this.run().catch((error: unknown) => this.consumer.fail(asError(error)));
  }

  stop(): void {
    this.stopped = true;
    this.watch.stop();
    this.disturb();
  }

  async leave(): Promise<void> {
    if (this.left) return;
    this.left = true;
    this.stop();
    this.beat?.cancel();
    const patience = this.options.sessionTimeoutMs / 2;
    await within(
      this.cluster.clock,
      patience,
      this.sayGoodbye().catch(() => {}),
    );
    this.cluster.closeLane(this.lane);
  }

  sureUntil(): number {
    return this.sure;
  }

  async commit(entries: readonly CommitEntry[], stillHeld: () => void): Promise<void> {
    const { group, sessionTimeoutMs } = this.options;
    const backoff = this.cluster.backoff();
    for (let tries = 1; ; tries++) {
      const seat = this.current;
      if (!seat) throw staleCommit(entries[0]!);
      const { generation, memberId } = seat;
      const error = await this.tryCommit({ group, generation, memberId, positions: entries });
      if (error === 'NONE') return;
      if (error === 'UNKNOWN_MEMBER_ID' || error === 'FENCED_INSTANCE_ID') {
        this.beatSoon();
        throw staleCommit(entries[0]!);
      }
      if (error === 'ILLEGAL_GENERATION' || error === 'REBALANCE_IN_PROGRESS') {
        // The group may have moved on to a generation in which these are still ours.
        if (this.joinUnderWay) await within(this.cluster.clock, sessionTimeoutMs / 2, this.joinUnderWay);
        else if (error === 'ILLEGAL_GENERATION' && seat === this.current) {
          this.beatSoon();
          throw staleCommit(entries[0]!);
        }
      } else if (!COORDINATOR_MOVED.has(error)) {
        throw new BrokerError(error, `Committing positions of group '${group}'`);
      }
      if (tries >= COMMIT_TRIES)
        throw new BrokerError('COORDINATOR_NOT_AVAILABLE', `Committing positions of group '${group}'`);
      await backoff.wait();
      stillHeld();
    }
  }

  private async run(): Promise<void> {
    const backoff = this.cluster.backoff();
    while (!this.stopped) {
      const disturbed = new Promise<void>((resolve) => (this.disturb = resolve));
      const joining = this.join();
      this.joinUnderWay = joining.then(
        () => {},
        () => {},
      );
      let joined;
      try {
        joined = await joining;
      } catch (thrown) {
        this.joinUnderWay = undefined;
        if (this.stopped) return;
        this.setBack(asError(thrown));
        await backoff.wait();
        continue;
      }
      this.joinUnderWay = undefined;
      if (this.stopped) return;
      backoff.reset();
      this.reached();
      if (await this.settle(joined)) await disturbed;
    }
  }

  private async join(): Promise<Joined> {
    // Beats would wait behind the request to join, on the same connection; joining tells that we live.
    this.beat?.cancel();
    this.watch.stop();
    const joined = await this.joining.join(this.consumer.holdings, this.current?.generation ?? -1);
    if (this.stopped) return joined;
    this.current = joined;
    this.extend(this.cluster.clock.monotonic());
    this.beatIn(this.beatMs());
    return joined;
  }

  /** Brings what we hold and what we were given together. Answers whether that is all. */
  private async settle({ partitions, topics }: Joined): Promise<boolean> {
    const given = new Set(partitions.map(partitionName));
    const held = new Set(this.consumer.holdings.map(partitionName));
    const gone = this.consumer.holdings.filter((one) => !given.has(partitionName(one)));
    if (topics) this.watch.start(topics);
    if (gone.length > 0) await this.consumer.giveUp(gone);
    if (this.stopped) return true;
    const fresh: TopicPartition[] = partitions.filter((one) => !held.has(partitionName(one)));
    void this.consumer.take(fresh);
    return gone.length === 0;
  }

  /** Not reached, or put out. @throws what nobody can wait out */
  private setBack(error: Error): void {
    if (error instanceof BrokerError && PUT_OUT.has(error.kafka)) {
      this.putOut();
      return;
    }
    if (!(error instanceof TransportError) || !error.retriable) throw error;
    this.cluster.forgetCoordinator(this.options.group);
    if (!(error instanceof BrokerError && error.kafka === 'REBALANCE_IN_PROGRESS')) this.missed(error);
  }

  /** A connection that broke is made again at once, most of the time; what lasts is told. */
  private missed(error: Error): void {
    this.misses++;
    if (this.misses > 1) this.consumer.trouble('group', error);
  }

  private reached(): void {
    this.consumer.heard();
    this.misses = 0;
    this.consumer.relief('group');
  }

  private putOut(): void {
    this.current = undefined;
    this.sure = 0;
    this.joining.forgetMember();
    this.consumer.loseAll();
    this.disturb();
  }

  private async sendBeat(): Promise<void> {
    const seat = this.current;
    if (!seat || this.left) return;
    const { group } = this.options;
    const asked = this.cluster.clock.monotonic();
    const patience = Math.min(this.cluster.settings.requestTimeoutMs, this.options.sessionTimeoutMs / 2);
    try {
      const connection = this.lane.connection(await this.cluster.coordinator(group));
      const { generation, memberId } = seat;
      const { errorCode } = await connection.send(heartbeat, { group, generation, memberId }, patience);
      if (seat !== this.current || this.left) return;
      this.hear(errorName(errorCode), asked);
    } catch (thrown) {
      const error = asError(thrown);
      if (seat !== this.current || this.left) return;
      if (error instanceof TransportError && !error.retriable) return void this.consumer.fail(error);
      this.cluster.forgetCoordinator(group);
      this.missed(error);
    }
    if (!this.joinUnderWay) this.beatIn(this.beatMs());
  }

  private hear(error: ErrorName, asked: number): void {
    if (error === 'NONE' || error === 'REBALANCE_IN_PROGRESS') {
      this.extend(asked);
      this.reached();
      if (error !== 'NONE') this.disturb();
    } else if (PUT_OUT.has(error)) this.putOut();
    else throw new BrokerError(error, `The heartbeat of group '${this.options.group}'`);
  }

  private extend(from: number): void {
    this.sure = from + this.options.sessionTimeoutMs;
    this.consumer.kick();
  }

  private beatMs(): number {
    return Math.min(MOST_BEAT_MS, this.options.sessionTimeoutMs / BEATS_PER_SESSION);
  }

  private beatSoon(): void {
    if (!this.joinUnderWay) this.beatIn(0);
  }

  private beatIn(ms: number): void {
    this.beat?.cancel();
    if (this.left) return;
    this.beat = this.cluster.clock.setTimer(ms, () => void this.sendBeat(), true);
  }

  private async tryCommit(request: Parameters<typeof offsetCommit.write>[0]): Promise<ErrorName> {
    const { group } = this.options;
    try {
      // Not on the lane of the group, where it would wait behind a rebalance.
      const results = await this.cluster.send(await this.cluster.coordinator(group), offsetCommit, request);
      const failed = results.find(({ errorCode }) => errorCode !== 0);
      const error = errorName(failed?.errorCode ?? 0);
      if (COORDINATOR_MOVED.has(error)) this.cluster.forgetCoordinator(group);
      return error;
    } catch (thrown) {
      this.cluster.forgetCoordinator(group);
      if (thrown instanceof TransportError && thrown.retriable) return 'COORDINATOR_NOT_AVAILABLE';
      throw thrown;
    }
  }

  private async sayGoodbye(): Promise<void> {
    const { group } = this.options;
    const memberId = await this.joining.member();
    if (memberId === '') return;
    await this.cluster.send(await this.cluster.coordinator(group), leaveGroup, { group, memberId });
  }
}

/** The group does not know us, or went on without us: what we had belongs to others. */
const PUT_OUT: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'FENCED_INSTANCE_ID',
]);
