import { asError } from '../errors.js';
import { backoff } from '../failure/decide.js';
import { sleep, type Timer } from '../time/clock.js';
import { partitionNames, type TopicPartition } from '../transport/records.js';
import { TransportError } from '../transport/transport-error.js';
import type {
  AssignedPartition,
  ConsumeListener,
  Membership,
  MembershipStatus,
  RecordBatch,
  StartPosition,
} from '../transport/transport.js';
import { Committer } from './committer.js';
import { handlerHealth, partitionHealth, sumOf, type GroupHealth } from './group-health.js';
import { GroupStanding } from './group-standing.js';
import type { GroupSetup } from './group-setup.js';
import { BroadcastStarts, GroupStarts, type Starts } from './group-starts.js';
import { HeldPartitions } from './held-partitions.js';
import { PartitionConsumer, type Flow } from './partition-consumer.js';
import { OffsetsMissingError, OutOfRangeError } from './position-errors.js';
import { StallWatch } from './stall-watch.js';
import type { StalledError } from './stalled-error.js';
import { TopicWatch } from './topic-watch.js';

/** Who fails sooner after it joined has not recovered: each time that it joins costs the others of the group something. */
const STEADY_MS = 60_000;

/**
 * One group's membership: joins, takes and hands over partitions, leaves, and joins anew when that may help. How it stands
 * meanwhile is told by {@link GroupStanding}.
 */
export class GroupConsumer implements ConsumeListener {
  private readonly held: HeldPartitions;
  private readonly standing: GroupStanding;
  private readonly starts: Starts;
  private readonly stalls: StallWatch;
  private membership: Membership | undefined;
  private committer: Committer | undefined;
  private watch: TopicWatch | undefined;
  private rejoin: Timer | undefined;
  private failures = 0;
  private joinedAt: number | undefined;
  private leaving: Promise<void> = Promise.resolve();
  private skippedCount = 0;
  private readonly stopping = new AbortController();

  constructor(private readonly setup: GroupSetup) {
    const { tools, positions } = setup;
    this.held = new HeldPartitions(setup.window, setup.windowBytes);
    this.standing = new GroupStanding(tools);
    this.starts = positions
      ? new GroupStarts(positions, this.held, tools, this.stopping.signal)
      : new BroadcastStarts();
    this.stalls = this.stallWatch();
  }

  /** Joins. Resolves at once: what goes wrong is told by health, log and observations. */
  start(): void {
    this.stalls.start();
    void this.join();
  }

  /** Stops fetching, lets running attempts end, commits, leaves. Idempotent. */
  async stop(): Promise<void> {
    if (!this.stopping.signal.aborted)
      this.stopping.abort(new Error(`Group '${this.setup.tools.group}' stops.`));
    this.rejoin?.cancel();
    this.stalls.stop();
    await this.leave();
    this.setup.tools.throttled.close();
    this.standing.stopped();
  }

  health(): GroupHealth {
    const { tools, broadcast, runners } = this.setup;
    const { group, clock } = tools;
    const assigned = [...this.held.all()].map((one) => partitionHealth(one, this.stalls.trails, clock));
    const heardAt = this.membership?.heardAt();
    const { status, lastTrouble } = this.standing;
    return {
      group,
      broadcast,
      status,
      partitions: assigned.length,
      assigned,
      handlers: runners.map(handlerHealth),
      skipped: this.skippedCount,
      lag: this.membership && sumOf(assigned.map(({ lag }) => lag)),
      heardMs: heardAt === undefined ? undefined : clock.monotonic() - heardAt,
      lastError: lastTrouble?.error,
      lastErrorAt: lastTrouble?.at,
      needsRestart: this.stalls.needsRestart,
    };
  }

  /** Counts an event that nobody in the group handles. */
  skipped(): void {
    this.skippedCount++;
  }

  async assigned(partitions: readonly AssignedPartition[]): Promise<readonly StartPosition[]> {
    const { held, setup } = this;
    const flow = this.flowOf(this.membership);
    held.expect(partitions);
    for (const start of await this.starts.resolve(partitions, this.membership)) {
      if (!held.isArriving(start)) continue;
      const { intake, tier } = setup.intake(start.topic);
      const window = held.window(tier);
      held.add(
        new PartitionConsumer(start, start.finished, intake, window, flow, setup.scheduler, setup.tools),
        tier,
      );
    }
    if (partitions.length > 0) this.observe('assigned', partitions);
    return partitions.map(({ topic, partition, committed, earliest }) => {
      const consumer = held.find({ topic, partition });
      // One that was lost meanwhile delivers nothing, wherever it is said to start.
      return { topic, partition, offset: consumer?.progress.watermark ?? committed?.offset ?? earliest };
    });
  }

  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const { held } = this;
    const { tools, drainTimeoutMs } = this.setup;
    const consumers = held.running(partitions);
    const slow = await held.drain(consumers, tools.clock, drainTimeoutMs);
    if (slow) {
      tools.log.warn(
        `Group '${tools.group}': ${[...slow].join(', ') || 'writes of failed events'} still ran ${drainTimeoutMs} ms after the partition was to move; ` +
          `their events run again. Let handlers end on context.signal, or raise consumer.sessionTimeout and with it consumer.drainTimeout.`,
      );
    }
    await this.committer?.flush(consumers);
    held.drop(consumers, new Error('The partition moves to another process, or this one stops.'));
    this.observe('revoked', partitions);
  }

  lost(partitions: readonly TopicPartition[]): void {
    const { log, group } = this.setup.tools;
    this.held.release(
      partitions,
      new Error(
        'The partition belongs to another process: this one was silent for longer than its session timeout.',
      ),
    );
    if (partitions.length === 0) return;
    log.warn(
      `Group '${group}' lost ${partitionNames(partitions)}: this process was silent for longer than the session timeout.`,
    );
    this.observe('lost', partitions);
  }

  records(batch: RecordBatch): void | Promise<void> {
    return this.held.find(batch)?.accept(batch);
  }

  outOfRange({ topic, partition, earliest, end }: AssignedPartition, position: number): void {
    // Of a membership that is being left: where to go on is decided when its partitions are assigned anew.
    if (!this.membership) return;
    const { tools, outOfRange } = this.setup;
    const error = new OutOfRangeError(tools.group, topic, partition, position, earliest, end);
    if (outOfRange === 'stop') return this.fail(error);
    // A new assignment is what decides positions; `outOfRange` is applied there, also when the log has grown past us by then.
    this.starts.strayed({ topic, partition });
    tools.log.error(`${error.message} consumer.outOfRange says: go on at the ${outOfRange}.`);
    this.joinAnew();
  }

  status(status: MembershipStatus): void {
    // A membership that is being left has nothing to say any more: neither that it failed nor that all is well.
    if (!this.membership) return;
    if (status.kind === 'failed') return this.fail(status.error);
    if (this.stopping.signal.aborted) return;
    if (status.kind === 'away') return this.standing.away(status.error);
    this.joinedAt ??= this.setup.tools.clock.monotonic();
    this.standing.joined();
  }

  private stallWatch(): StallWatch {
    const { tools, transport, scheduler, broadcast, stalledAfterMs } = this.setup;
    const watched = {
      group: tools.group,
      expected: () => this.isExpected(),
      heardAt: () => (broadcast ? null : this.membership?.heardAt()),
      partitions: () => this.held.all(),
      busy: () => scheduler.busy,
      failingWrites: () => this.setup.failingWrites(),
      stalled: (error: StalledError) => {
        if (!this.stopping.signal.aborted) this.standing.stalled(error);
      },
      moves: () => this.standing.moves(),
      replace: () => this.joinAnew(),
    };
    return new StallWatch(watched, transport.topics, tools.clock, stalledAfterMs);
  }

  private isExpected(): boolean | undefined {
    if (!this.membership && this.standing.status === 'stalled') return undefined;
    return this.membership !== undefined && this.standing.isMoving;
  }

  /** The flow of partitions that this membership holds: also while it is being left, when records still come for a while. */
  private flowOf(membership: Membership | undefined): Flow {
    return {
      pause: (partition) => membership?.pause([partition]),
      resume: (partition) => membership?.resume([partition]),
      changed: () => this.committer?.touch(),
    };
  }

  private async join(): Promise<void> {
    const { tools } = this.setup;
    const stopping = this.stopping.signal;
    for (let tries = 1; !stopping.aborted; tries++) {
      try {
        return await this.joinNow();
      } catch (thrown) {
        if (!stopping.aborted) this.standing.away(asError(thrown));
        await sleep(tools.clock, backoff(tries, tools.random, 100, 5_000), stopping).catch(() => {});
      }
    }
  }

  private async joinNow(): Promise<void> {
    const { setup } = this;
    const { tools, broadcast, sessionTimeoutMs, clientId } = setup;
    await setup.onJoin();
    const topics = await setup.topics();
    if (this.stopping.signal.aborted) return;
    if (topics.length === 0) {
      throw new TransportError(
        'TRAMLINE_UNKNOWN_TOPIC',
        `Group '${tools.group}' has nothing to read: no handler is enabled, and no retry tier exists.`,
      );
    }
    this.starts.joins();
    const options = { group: setup.groupName, topics, broadcast, sessionTimeoutMs, clientId };
    this.membership = setup.transport.consume(options, this);
    if (broadcast) return;
    this.committer = new Committer(
      tools.group,
      this.membership,
      () => this.held.all(),
      setup.commitIntervalMs,
      tools.clock,
      tools.log,
      tools.observations,
    );
    this.watch = new TopicWatch(
      tools.clock,
      () => setup.topics(),
      topics,
      (added) => this.readToo(added),
    );
  }

  /** Tiers that another version of the service made: its events wait there, also when that version is gone again. */
  private readToo(topics: readonly string[]): void {
    const { log, group } = this.setup.tools;
    log.info(`Group '${group}' joins anew to read ${topics.join(', ')} too, which appeared since.`);
    this.joinAnew();
  }

  private joinAnew(): void {
    void this.leave().then(() => this.join());
  }

  private leave(): Promise<void> {
    const { membership } = this;
    this.membership = undefined;
    this.watch?.stop();
    this.leaving = this.leaving.then(() => this.leaveNow(membership));
    return this.leaving;
  }

  private async leaveNow(membership: Membership | undefined): Promise<void> {
    this.committer?.stop();
    await membership?.close();
    this.committer = undefined;
    this.held.release([...this.held.all()], new Error('The group was left.'));
  }

  private fail(error: Error): void {
    const { clock, random } = this.setup.tools;
    const final = error instanceof OffsetsMissingError || error instanceof OutOfRangeError;
    this.standing.failed(error, final);
    if (this.joinedAt !== undefined && clock.monotonic() - this.joinedAt >= STEADY_MS) this.failures = 0;
    this.joinedAt = undefined;
    const pauseMs = backoff(++this.failures, random, 1_000, 30_000);
    void this.leave().then(() => {
      if (final || this.stopping.signal.aborted) return;
      this.rejoin = clock.setTimer(pauseMs, () => void this.join());
    });
  }

  private observe(kind: 'assigned' | 'revoked' | 'lost', partitions: readonly TopicPartition[]): void {
    const { observations, group } = this.setup.tools;
    if (!observations.active) return;
    const named = partitions.map(({ topic, partition }) => ({ topic, partition }));
    observations.tell({ kind, group, partitions: named });
  }
}
