import type { Clock, Timer } from '../time/clock.js';
import { within } from '../time/clock.js';
import type { RecordBatch, StartPosition } from '../transport/transport.js';
import { recordBytes, type StoredRecord, type TopicPartition } from '../transport/records.js';
import type { HandlerRunner } from './attempt.js';
import { BatchLane } from './batch-lane.js';
import { Chain } from './chain.js';
import { Delivery } from './delivery.js';
import type { Incoming } from './incoming.js';
import { KeyLanes } from './key-lanes.js';
import type { OffsetRange } from './offset-map.js';
import { Progress, type Entry } from './progress.js';
import type { Job, Lane, Scheduler } from './scheduler.js';
import { Work, type Owner, type Running, type Tools } from './work.js';

/**
 * How far done records may reach above the watermark. The 4,096 bytes of commit metadata hold a map of about 24,000 offsets;
 * beyond that a restart would repeat what the map cannot say.
 */
const MAX_SPAN = 20_000;

/** How long a full window is waited on before the partition is paused: pausing costs a fetch, most windows drain sooner. */
const SOFT_WAIT_MS = 20;

/** How much a partition may take in. */
export interface Window {
  /** Records that are not done. */
  readonly records: number;
  /** Bytes of these; asked often, since it depends on how many partitions share the group's budget. */
  bytes(): number;
  /** Whether to wait a little before pausing. Not for tiers, where records wait long by nature. */
  readonly soft: boolean;
}

/** Why a partition is paused: the option whose bound was reached, or `span`: too far above an event that is not done. */
export type PauseReason = 'window' | 'windowBytes' | 'span';

/** What becomes of a record that was taken in: handlers get it, or it waits. */
export type Intake = (record: StoredRecord, entry: Entry, partition: PartitionConsumer) => void;

/** Tells the group to pause, to resume, and that there is something to commit. */
export interface Flow {
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  changed(): void;
}

/**
 * One partition while this process holds it.
 *
 * Open: takes records in, runs handlers, paused and resumed by the window. Draining: takes nothing in and begins nothing;
 * what runs may end. Dropped: what still runs is aborted and its outcome ignored.
 */
export class PartitionConsumer implements Owner {
  readonly topic: string;
  readonly partition: number;
  readonly progress: Progress;
  draining = false;
  /** Something was done since the last commit. */
  changed = false;
  /** What was committed last, and how many bytes of metadata the broker takes here. */
  committed: { offset: number; metadata: string } | undefined;
  metadataLimit: number | undefined;
  /** Called when the partition lets go of what it holds for later. */
  onDrain: (() => void) | undefined;

  private readonly lanes = new Map<HandlerRunner, KeyLanes>();
  private readonly batches = new Map<HandlerRunner, BatchLane>();
  private readonly active = new Chain<Running>();
  private readonly backoffs = new Map<() => void, Timer>();
  private readonly gone = new AbortController();
  private paused: PauseReason | undefined;
  private full: { timer: Timer; go: () => void } | undefined;
  private quiet: (() => void) | undefined;

  constructor(
    start: StartPosition,
    known: readonly OffsetRange[],
    private readonly intake: Intake,
    private readonly window: Window,
    private readonly flow: Flow,
    private readonly scheduler: Scheduler,
    private readonly tools: Tools,
  ) {
    this.topic = start.topic;
    this.partition = start.partition;
    this.progress = new Progress(start.offset, known);
    this.progress.advance(start.offset);
  }

  get signal(): AbortSignal {
    return this.gone.signal;
  }

  get pausedBy(): PauseReason | undefined {
    return this.paused;
  }

  /** Whether something of it runs, or waits for its time: not what waits for a place, which the scheduler knows. */
  get isAtWork(): boolean {
    if (this.active.size + this.backoffs.size > 0 || this.full) return true;
    for (const batch of this.batches.values()) if (batch.gathers) return true;
    return false;
  }

  /** Whether its records wait long by nature. */
  get isTier(): boolean {
    return !this.window.soft;
  }

  /** Takes a batch in. Resolves when more may come. */
  accept(batch: RecordBatch): void | Promise<void> {
    if (this.draining) return;
    for (const record of batch.records) {
      const entry = this.progress.take(record.offset, recordBytes(record));
      if (entry) this.intake(record, entry, this);
    }
    this.progress.advance(batch.nextOffset);
    this.touch();
    if (!this.isOver(1) || this.paused) return;
    if (!this.window.soft) return this.pause();
    return new Promise((resolve) => {
      const timer = this.tools.clock.setTimer(SOFT_WAIT_MS, () => {
        this.full = undefined;
        this.pause();
        resolve();
      });
      this.full = { timer, go: resolve };
    });
  }

  /** Gives an event to a handler, behind what the handler still has of its key. */
  deliver(incoming: Incoming, runner: HandlerRunner): void {
    const work = new Work(incoming, runner, this, this.tools);
    if (runner.handler.batch) return this.batchLane(runner).add(work);
    this.keyLanes(runner).submit(incoming.record, new Delivery(work, this));
  }

  began(running: Running): void {
    this.active.add(running);
  }

  stopped(running: Running): void {
    this.active.delete(running);
    if (this.active.size === 0) this.quiet?.();
  }

  later(ms: number, go: () => void): void {
    if (this.draining) return go();
    const timer = this.tools.clock.setTimer(ms, () => {
      this.backoffs.delete(go);
      go();
    });
    this.backoffs.set(go, timer);
  }

  done(incoming: Incoming): void {
    this.finish(incoming.entry);
  }

  /** One handler, or the intake itself, is through with a record. */
  finish(entry: Entry): void {
    if (!this.progress.end(entry)) return;
    this.touch();
    if (this.full && !this.isOver(1)) {
      this.full.timer.cancel();
      this.full.go();
      this.full = undefined;
    } else if (this.paused && !this.draining && !this.isOver(0.5)) {
      this.paused = undefined;
      this.flow.resume(this);
      this.observe('resumed');
    }
  }

  /**
   * Begins nothing more. Where several partitions go at once, all are halted before the first one drains or drops: the places
   * that one gives back would be taken by what waits in the next.
   */
  halt(): void {
    this.draining = true;
    for (const lanes of this.lanes.values()) lanes.close();
    for (const batch of this.batches.values()) batch.close();
  }

  /** Begins nothing more; resolves when nothing runs, or after `timeoutMs`. Answers whether all ended. */
  async drain(clock: Clock, timeoutMs: number): Promise<boolean> {
    this.close();
    if (this.active.size === 0) return true;
    return within(clock, timeoutMs, new Promise<void>((resolve) => (this.quiet = resolve)));
  }

  /** Ids of the handlers whose attempts run now. */
  running(): string[] {
    return this.active.all().flatMap(({ contexts }) => contexts.map(({ handlerId }) => handlerId));
  }

  /** Aborts what still runs. */
  drop(reason: Error): void {
    this.close();
    this.gone.abort(reason);
    for (const running of this.active.all()) {
      for (const context of running.contexts) context.abort(reason);
      this.active.delete(running);
    }
    this.quiet?.();
  }

  /** Halts, and lets go of what it holds for later. */
  private close(): void {
    this.halt();
    this.onDrain?.();
    this.full?.timer.cancel();
    this.full?.go();
    this.full = undefined;
    const waiting = [...this.backoffs];
    this.backoffs.clear();
    for (const [go, timer] of waiting) {
      timer.cancel();
      go();
    }
  }

  private touch(): void {
    if (this.changed) return;
    this.changed = true;
    this.flow.changed();
  }

  private isOver(share: number): boolean {
    const { progress, window } = this;
    return (
      progress.openCount > window.records * share ||
      progress.openBytes > window.bytes() * share ||
      progress.span > MAX_SPAN * share
    );
  }

  private pause(): void {
    if (this.paused || this.draining) return;
    const { progress, window } = this;
    if (progress.openCount > window.records) this.paused = 'window';
    else this.paused = progress.openBytes > window.bytes() ? 'windowBytes' : 'span';
    this.flow.pause(this);
    this.observe('paused');
  }

  private observe(kind: 'paused' | 'resumed'): void {
    const { observations, group } = this.tools;
    if (observations.active) observations.tell({ kind, group, topic: this.topic, partition: this.partition });
  }

  private keyLanes(runner: HandlerRunner): KeyLanes {
    let lanes = this.lanes.get(runner);
    if (!lanes) this.lanes.set(runner, (lanes = new KeyLanes(runner.slot, this.scheduler)));
    return lanes;
  }

  private batchLane(runner: HandlerRunner): BatchLane {
    let batch = this.batches.get(runner);
    if (!batch) {
      const { size, waitMs } = runner.handler.batch!;
      const { slot } = runner;
      const lane: Lane = {
        slot,
        head: undefined,
        tail: undefined,
        busy: false,
        closed: this.draining,
        idle: () => {},
      };
      const submit = (job: Job) => this.scheduler.submit(lane, job);
      batch = new BatchLane(size, waitMs, this.tools.clock, this, submit);
      this.batches.set(runner, batch);
    }
    return batch;
  }
}
