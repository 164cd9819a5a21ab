import { asError } from '../errors.js';
import { backoff } from '../failure/decide.js';
import { sleep, type Timer } from '../time/clock.js';
import { partitionName, partitionNames, type TopicPartition } from '../transport/records.js';
import { TransportError } from '../transport/transport-error.js';
import type {
  AssignedPartition,
  ConsumeListener,
  Membership,
  MembershipStatus,
  RecordBatch,
  StartPosition,
  Transport,
} from '../transport/transport.js';
import type { FailingWrite } from '../failure/failure-writer.js';
import type { HandlerRunner } from './attempt.js';
import { Committer } from './committer.js';
import { handlerHealth, partitionHealth, sumOf, type GroupHealth } from './group-health.js';
import { PartitionConsumer, type Flow, type Intake, type Window } from './partition-consumer.js';
import { OffsetsMissingError, OutOfRangeError } from './position-errors.js';
import type { Scheduler } from './scheduler.js';
import { StallWatch } from './stall-watch.js';
import type { StalledError } from './stalled-error.js';
import type { StartPositions } from './start-positions.js';
import { TopicWatch } from './topic-watch.js';
import type { GroupState } from './group-state.js';
import type { Tools } from './work.js';

/** Everything a group consumer is made of. */
export interface GroupSetup {
  readonly tools: Tools;
  readonly transport: Transport;
  readonly scheduler: Scheduler;
  /** Those that are enabled here. */
  readonly runners: readonly HandlerRunner[];
  /** Writes of failed events that do not succeed just now. */
  failingWrites(): readonly FailingWrite[];
  /** The group's name on the broker. */
  readonly groupName: string;
  readonly clientId: string;
  readonly broadcast: boolean;
  /** Topics to subscribe to, asked before each join. */
  topics(): Promise<readonly string[]>;
  /** What to do with the records of one partition; asked once per assignment of it. */
  intake(topic: string): { readonly intake: Intake; readonly tier: boolean };
  /** Null for broadcast. */
  readonly positions: { readonly starts: StartPositions; readonly state: GroupState } | null;
  /** Called before each join. */
  onJoin(): Promise<void>;
  readonly window: number;
  readonly windowBytes: number;
  readonly commitIntervalMs: number;
  readonly sessionTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly stalledAfterMs: number;
  readonly outOfRange: 'stop' | 'earliest' | 'latest';
}

/** What a tier partition may hold in memory: enough to flow, little enough that a million waiting events cost nothing. */
const TIER_WINDOW = 500;
const TIER_BYTES = 1024 * 1024;

/** Who fails sooner after it joined has not recovered: each time that it joins costs the others of the group something. */
const STEADY_MS = 60_000;

/** The least that a source partition may hold, however many share the budget. */
const LEAST_BYTES = 1024 * 1024;

/**
 * One group's membership and the partitions it holds.
 *
 * Starting -> joined, when an assignment is complete; joined <-> away, while the transport cannot reach the broker; joined
 * <-> stalled, while it does not move though it should, and is joined anew in the hope that it helps. Any -> failed: positions are gone (somebody has to choose), or the transport gave up, and then it is joined anew after a pause.
 * Any -> stopped.
 */
export class GroupConsumer implements ConsumeListener {
  private readonly held = new Map<string, PartitionConsumer>();
  /** Names of partitions whose positions are being looked up: they may be lost meanwhile. */
  private arriving = new Set<string>();
  private readonly seenTopics = new Set<string>();
  /** Names of partitions whose position proved out of range: what was committed of them does not count. */
  private readonly astray = new Set<string>();
  private membership: Membership | undefined;
  private committer: Committer | undefined;
  private watch: TopicWatch | undefined;
  private rejoin: Timer | undefined;
  private failures = 0;
  private joinedAt: number | undefined;
  private readonly sources = new Set<PartitionConsumer>();
  private leaving: Promise<void> = Promise.resolve();
  private skippedCount = 0;
  private state: GroupHealth['status'] = 'starting';
  /** Why it does not consume now. */
  private trouble: Error | undefined;
  private lastTrouble: { readonly error: Error; readonly at: number } | undefined;
  private readonly stalls: StallWatch;
  private readonly stopping = new AbortController();

  constructor(private readonly setup: GroupSetup) {
    const { tools, transport, scheduler, stalledAfterMs } = setup;
    const watched = {
      group: tools.group,
      expected: () => this.isExpected(),
      heardAt: () => (setup.broadcast ? null : this.membership?.heardAt()),
      partitions: () => this.held.values(),
      busy: () => scheduler.busy,
      failingWrites: () => setup.failingWrites(),
      stalled: (error: StalledError) => this.stalled(error),
      moves: () => this.moves(),
      replace: () => void this.leave().then(() => this.join()),
    };
    this.stalls = new StallWatch(watched, transport.topics, tools.clock, stalledAfterMs);
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
    this.state = 'stopped';
  }

  health(): GroupHealth {
    const { tools, broadcast, runners } = this.setup;
    const { group, clock } = tools;
    const assigned = [...this.held.values()].map((one) => partitionHealth(one, this.stalls.trails, clock));
    const heardAt = this.membership?.heardAt();
    return {
      group,
      broadcast,
      status: this.state,
      partitions: assigned.length,
      assigned,
      handlers: runners.map(handlerHealth),
      skipped: this.skippedCount,
      lag: this.membership && sumOf(assigned.map(({ lag }) => lag)),
      heardMs: heardAt === undefined ? undefined : clock.monotonic() - heardAt,
      lastError: this.lastTrouble?.error,
      lastErrorAt: this.lastTrouble?.at,
      needsRestart: this.stalls.needsRestart,
    };
  }

  /** Counts an event that nobody in the group handles. */
  skipped(): void {
    this.skippedCount++;
  }

  async assigned(partitions: readonly AssignedPartition[]): Promise<readonly StartPosition[]> {
    const { setup } = this;
    const flow = this.flowOf(this.membership);
    this.arriving = new Set(partitions.map(partitionName));
    const starts = setup.positions ? await this.groupStarts(partitions) : this.broadcastStarts(partitions);
    for (const start of starts) {
      if (!this.arriving.delete(partitionName(start))) continue;
      const { intake, tier } = setup.intake(start.topic);
      const consumer = new PartitionConsumer(
        start,
        start.finished,
        intake,
        this.window(tier),
        flow,
        setup.scheduler,
        setup.tools,
      );
      if (!tier) this.sources.add(consumer);
      this.held.set(partitionName(start), consumer);
    }
    if (partitions.length > 0) this.observe('assigned', partitions);
    return partitions.map(({ topic, partition, committed, earliest }) => {
      const consumer = this.held.get(partitionName({ topic, partition }));
      // One that was lost meanwhile delivers nothing, wherever it is said to start.
      return { topic, partition, offset: consumer?.progress.watermark ?? committed?.offset ?? earliest };
    });
  }

  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const { tools, drainTimeoutMs } = this.setup;
    const consumers = this.take(partitions);
    for (const consumer of consumers) consumer.halt();
    const ended = await Promise.all(consumers.map((consumer) => consumer.drain(tools.clock, drainTimeoutMs)));
    if (ended.includes(false)) {
      const handlers = new Set(consumers.flatMap((consumer) => consumer.running()));
      tools.log.warn(
        `Group '${tools.group}': ${[...handlers].join(', ') || 'writes of failed events'} still ran ${drainTimeoutMs} ms after the partition was to move; ` +
          `their events run again. Let handlers end on context.signal, or raise consumer.sessionTimeout and with it consumer.drainTimeout.`,
      );
    }
    await this.committer?.flush(consumers);
    this.release(consumers, new Error('The partition moves to another process, or this one stops.'));
    this.observe('revoked', partitions);
  }

  lost(partitions: readonly TopicPartition[]): void {
    const { tools } = this.setup;
    for (const partition of partitions) this.arriving.delete(partitionName(partition));
    this.release(
      this.take(partitions),
      new Error(
        'The partition belongs to another process: this one was silent for longer than its session timeout.',
      ),
    );
    if (partitions.length > 0) {
      tools.log.warn(
        `Group '${tools.group}' lost ${partitionNames(partitions)}: this process was silent for longer than the session timeout.`,
      );
      this.observe('lost', partitions);
    }
  }

  records(batch: RecordBatch): void | Promise<void> {
    return this.held.get(partitionName(batch))?.accept(batch);
  }

  outOfRange({ topic, partition, earliest, end }: AssignedPartition, position: number): void {
    // Of a membership that is being left: where to go on is decided when its partitions are assigned anew.
    if (!this.membership) return;
    const error = new OutOfRangeError(this.setup.tools.group, topic, partition, position, earliest, end);
    if (this.setup.outOfRange === 'stop') return this.fail(error);
    // A new assignment is what decides positions; `outOfRange` is applied there, also when the log has grown past us by then.
    this.astray.add(partitionName({ topic, partition }));
    this.setup.tools.log.error(
      `${error.message} consumer.outOfRange says: go on at the ${this.setup.outOfRange}.`,
    );
    void this.leave().then(() => this.join());
  }

  status(status: MembershipStatus): void {
    // A membership that is being left has nothing to say any more: neither that it failed nor that all is well.
    if (!this.membership) return;
    if (status.kind === 'failed') return this.fail(status.error);
    this.stand(status);
  }

  private stand(status: Exclude<MembershipStatus, { kind: 'failed' }>): void {
    if (this.stopping.signal.aborted) return;
    const { tools } = this.setup;
    if (status.kind === 'away' && this.state !== 'away') {
      tools.log.warn(`Group '${tools.group}' cannot consume now and keeps trying: ${status.error.message}`);
    }
    if (status.kind === 'joined' && ['away', 'failed'].includes(this.state))
      tools.log.info(`Group '${tools.group}' is back.`);
    if (status.kind === 'joined') this.joinedAt ??= tools.clock.monotonic();
    // That it has its share again does not mean that it moves.
    if (status.kind === 'joined' && this.state === 'stalled') return;
    this.state = status.kind;
    this.note(status.kind === 'away' ? status.error : undefined);
    this.tellStatus(status.kind, this.trouble);
  }

  private isExpected(): boolean | undefined {
    if (!this.membership && this.state === 'stalled') return undefined;
    return this.membership !== undefined && ['starting', 'joined', 'stalled'].includes(this.state);
  }

  private stalled(error: StalledError): void {
    if (this.stopping.signal.aborted) return;
    this.state = 'stalled';
    this.note(error);
    this.setup.tools.throttled.write('error', `stalled ${error.reason}`, () => error.message);
    this.tellStatus('stalled', error);
  }

  private moves(): void {
    if (this.state !== 'stalled') return;
    this.setup.tools.log.info(`Group '${this.setup.tools.group}' moves again.`);
    this.state = 'joined';
    this.note(undefined);
    this.tellStatus('joined', undefined);
  }

  private note(error: Error | undefined): void {
    this.trouble = error;
    if (error) this.lastTrouble = { error, at: this.setup.tools.clock.now() };
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
    const { setup } = this;
    const { tools } = setup;
    for (let tries = 1; !this.stopping.signal.aborted; tries++) {
      try {
        await setup.onJoin();
        const topics = await setup.topics();
        if (this.stopping.signal.aborted) return;
        if (topics.length === 0) {
          throw new TransportError(
            'TRAMLINE_UNKNOWN_TOPIC',
            `Group '${tools.group}' has nothing to read: no handler is enabled, and no retry tier exists.`,
          );
        }
        this.seenTopics.clear();
        this.membership = setup.transport.consume(
          {
            group: setup.groupName,
            topics,
            broadcast: setup.broadcast,
            sessionTimeoutMs: setup.sessionTimeoutMs,
            clientId: setup.clientId,
          },
          this,
        );
        if (!setup.broadcast) {
          this.committer = new Committer(
            tools.group,
            this.membership,
            () => this.held.values(),
            setup.commitIntervalMs,
            tools.clock,
            tools.log,
            tools.observations,
          );
          this.watch = new TopicWatch(
            tools.clock,
            () => setup.topics(),
            topics,
            (added) => this.joinAnew(added),
          );
        }
        return;
      } catch (thrown) {
        this.stand({ kind: 'away', error: asError(thrown) });
        await sleep(tools.clock, backoff(tries, tools.random, 100, 5_000), this.stopping.signal).catch(
          () => {},
        );
      }
    }
  }

  /** Tiers that another version of the service made: its events wait there, also when that version is gone again. */
  private joinAnew(topics: readonly string[]): void {
    this.setup.tools.log.info(
      `Group '${this.setup.tools.group}' joins anew to read ${topics.join(', ')} too, which appeared since.`,
    );
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
    this.release(this.take([...this.held.values()]), new Error('The group was left.'));
  }

  private fail(error: Error): void {
    const { tools } = this.setup;
    const told = this.trouble?.message === error.message;
    this.state = 'failed';
    this.note(error);
    this.tellStatus('failed', error);
    const final = error instanceof OffsetsMissingError || error instanceof OutOfRangeError;
    if (this.joinedAt !== undefined && tools.clock.monotonic() - this.joinedAt >= STEADY_MS)
      this.failures = 0;
    this.joinedAt = undefined;
    const pauseMs = backoff(++this.failures, tools.random, 1_000, 30_000);
    // The same fault again is no news: readiness is false and health names it meanwhile.
    if (!told) {
      tools.log.error(
        `Group '${tools.group}' ${final ? 'stopped' : 'does not consume, and tries again until it does'}: ${error.message}`,
      );
    }
    void this.leave().then(() => {
      if (final || this.stopping.signal.aborted) return;
      this.rejoin = tools.clock.setTimer(pauseMs, () => void this.join());
    });
  }

  /** Positions of a group, committed before anything is handled. Outages are waited out: the partitions are ours meanwhile. */
  private async groupStarts(partitions: readonly AssignedPartition[]) {
    const { tools, positions } = this.setup;
    const { membership } = this;
    let known = partitions.map((one) =>
      this.astray.has(partitionName(one)) ? { ...one, committed: null } : one,
    );
    for (let tries = 1; membership; tries++) {
      const ours = known.filter((partition) => this.arriving.has(partitionName(partition)));
      if (ours.length === 0) break;
      try {
        const found = await positions!.starts.resolve(ours);
        // Some may have been lost while the broker was asked: they are no longer ours to commit.
        const starts = found.filter((start) => this.arriving.has(partitionName(start)));
        const fresh = starts.filter((start) => start.fresh);
        if (fresh.length > 0) {
          await membership.commit(
            fresh.map(({ topic, partition, offset }) => ({ topic, partition, offset, metadata: '' })),
          );
          // What follows may fail and still be written: on the next try these positions must not count as missing.
          known = known.map((one) => ({ ...one, committed: committedNow(one, fresh) ?? one.committed }));
        }
        await positions!.state.saveStarted(starts.filter((start) => !positions!.state.hasStarted(start)));
        for (const start of starts) this.astray.delete(partitionName(start));
        return starts;
      } catch (thrown) {
        const error = asError(thrown) as Error & { retriable?: boolean };
        // Those that are left may do well without the lost ones.
        if (ours.some((partition) => !this.arriving.has(partitionName(partition)))) continue;
        if (error.retriable !== true || this.stopping.signal.aborted) throw error;
        tools.log.warn(`Group '${tools.group}' cannot read its positions yet: ${error.message}`);
        await sleep(tools.clock, backoff(tries, tools.random, 100, 5_000), this.stopping.signal);
      }
    }
    return [];
  }

  /** A broadcast starts at the end; partitions that a topic gains while we listen start at the earliest. */
  private broadcastStarts(partitions: readonly AssignedPartition[]) {
    const seen = new Set(this.seenTopics);
    return partitions.map(({ topic, partition, earliest, end }) => {
      this.seenTopics.add(topic);
      return { topic, partition, offset: seen.has(topic) ? earliest : end, finished: [] };
    });
  }

  private window(tier: boolean): Window {
    if (tier) return { records: TIER_WINDOW, bytes: () => TIER_BYTES, soft: false };
    const { window, windowBytes } = this.setup;
    return {
      records: window,
      bytes: () => Math.max(LEAST_BYTES, windowBytes / this.sources.size),
      soft: true,
    };
  }

  private take(partitions: readonly TopicPartition[]): PartitionConsumer[] {
    return partitions.flatMap((partition) => this.held.get(partitionName(partition)) ?? []);
  }

  private release(consumers: readonly PartitionConsumer[], reason: Error): void {
    for (const consumer of consumers) consumer.halt();
    for (const consumer of consumers) {
      const name = partitionName(consumer);
      if (this.held.get(name) === consumer) this.held.delete(name);
      this.sources.delete(consumer);
      consumer.drop(reason);
    }
  }

  private observe(kind: 'assigned' | 'revoked' | 'lost', partitions: readonly TopicPartition[]): void {
    const { observations, group } = this.setup.tools;
    if (!observations.active) return;
    observations.tell({
      kind,
      group,
      partitions: partitions.map(({ topic, partition }) => ({ topic, partition })),
    });
  }

  private tellStatus(status: 'joined' | 'away' | 'failed' | 'stalled', error: Error | undefined): void {
    const { observations, group } = this.setup.tools;
    if (observations.active)
      observations.tell({ kind: 'consumer-status', group, status, ...(error && { error }) });
  }
}

/** The position that was just committed for a partition; undefined when it is none of these. */
function committedNow(
  one: TopicPartition,
  fresh: readonly StartPosition[],
): AssignedPartition['committed'] | undefined {
  const start = fresh.find(({ topic, partition }) => topic === one.topic && partition === one.partition);
  return start && { offset: start.offset, metadata: '' };
}
