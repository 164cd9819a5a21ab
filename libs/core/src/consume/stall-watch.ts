import type { FailingWrite } from '../failure/failure-writer.js';
import type { Clock, Timer } from '../time/clock.js';
import type { PartitionOffsets, TopicAdmin } from '../transport/admin.js';
import type { TopicPartition } from '../transport/records.js';
import type { PartitionConsumer } from './partition-consumer.js';
import { StalledError, type StallReason } from './stalled-error.js';
import { Trails } from './trails.js';

/**
 * Looks in `stalledAfter`. What stood still at so many in a row is stalled: counted in looks and not in time, because a
 * process that was suspended, or a clock that a test moves, misses looks too. The first look sees it up to an interval late,
 * so the last one comes within `stalledAfter` of what happened.
 */
const LOOKS = 3;

/** A replacement in vain is tried again after 1, 2, 4 … times `stalledAfter`, up to so many doublings. */
const MOST_DOUBLINGS = 6;

/** The group, as the watch sees it. */
export interface Watched {
  readonly group: string;
  /** Whether it should move: not while it is away or failed, which was told. Undefined while it is being replaced. */
  expected(): boolean | undefined;
  /** When its membership heard from the broker; null where only fetches tell, which a full window ends. */
  heardAt(): number | undefined | null;
  partitions(): Iterable<PartitionConsumer>;
  /** Whether any job of the group runs. */
  busy(): boolean;
  failingWrites(): readonly FailingWrite[];
  /** It stands still; told once per reason. */
  stalled(error: StalledError): void;
  /** It moves again. */
  moves(): void;
  /** Leaves and joins anew. */
  replace(): void;
}

/**
 * Sees a group that does not move, whatever the reason: a fetch loop or a worker that died without a word looks like a quiet
 * day from inside, so the log is asked for its end by another way.
 */
export class StallWatch {
  readonly trails: Trails;
  private readonly intervalMs: number;
  private timer: Timer | undefined;
  private asking = false;
  private looks = 0;
  private heard: number | undefined | null;
  private silentLooks = 0;
  private stall: StallReason | undefined;
  private replacements = 0;
  private replaceAt = 0;
  private replacedSilent = false;
  /** The transport is silent, and replacing it did not help. */
  needsRestart = false;

  constructor(
    private readonly watched: Watched,
    private readonly topics: Pick<TopicAdmin, 'offsets'>,
    private readonly clock: Clock,
    private readonly stalledAfterMs: number,
  ) {
    this.trails = new Trails(clock);
    this.intervalMs = stalledAfterMs / LOOKS;
  }

  start(): void {
    this.timer = this.clock.setTimer(this.intervalMs, () => this.tick());
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** Who cannot be asked for the ends, or does not answer in time, is judged by what is known. */
  private tick(): void {
    this.start();
    const look = ++this.looks;
    const expected = this.watched.expected();
    if (expected === undefined) return this.awaitReplacement();
    if (this.asking || !expected) return this.judge(expected);
    this.asking = true;
    void this.ask().finally(() => {
      this.asking = false;
      const still = this.watched.expected();
      if (look === this.looks && this.timer && still !== undefined) this.judge(still);
    });
  }

  /** Even what a replacement asks of the transport is not answered, neither well nor with an error. */
  private awaitReplacement(): void {
    this.silentLooks++;
    if (this.silentLooks >= LOOKS) this.needsRestart = true;
  }

  private async ask(): Promise<void> {
    const topics = new Set([...this.watched.partitions()].map(({ topic }) => topic));
    await Promise.all([...topics].map((topic) => this.askOne(topic)));
  }

  private async askOne(topic: string): Promise<void> {
    let offsets: readonly PartitionOffsets[];
    try {
      offsets = await this.topics.offsets(topic);
    } catch (thrown) {
      // A topic that is gone has no end any more; of any other what was known still holds.
      if ((thrown as { code?: unknown } | undefined)?.code !== 'TRAMLINE_UNKNOWN_TOPIC') return;
      offsets = [];
    }
    const ends = new Map(offsets.map(({ partition, end }) => [partition, end]));
    for (const partition of this.watched.partitions()) {
      if (partition.topic === topic) this.trails.of(partition).end = ends.get(partition.partition);
    }
  }

  private judge(expected: boolean): void {
    const now = this.clock.monotonic();
    const isBusy = this.watched.busy();
    for (const partition of this.watched.partitions()) {
      const trail = this.trails.of(partition);
      trail.look(partition, isBusy, now);
      if (!expected) trail.forgive();
    }
    this.listen(expected);
    const error = expected ? this.find(now) : undefined;
    if (!error) return this.clear(expected);
    if (this.stall !== error.reason) {
      this.stall = error.reason;
      this.watched.stalled(error);
    }
    if (error.reason !== 'unwritten' && now >= this.replaceAt) this.replace(error.reason, now);
  }

  private listen(expected: boolean): void {
    const heard = this.watched.heardAt();
    const isSilent = expected && heard !== null && (heard === undefined || heard === this.heard);
    this.heard = heard;
    this.silentLooks = isSilent ? this.silentLooks + 1 : 0;
    if (isSilent) return;
    this.replacedSilent = false;
    this.needsRestart = false;
  }

  private find(now: number): StalledError | undefined {
    if (this.silentLooks >= LOOKS) return this.error('silent');
    const all = [...this.watched.partitions()];
    const unfed = all.filter((one) => this.trails.of(one).unfed >= LOOKS);
    if (unfed.length > 0) return this.error('unfed', unfed);
    const idle = all.filter((one) => this.trails.of(one).idle >= LOOKS);
    if (idle.length > 0) return this.error('idle', idle);
    const unwritten = this.watched
      .failingWrites()
      .find(({ since }) => now - since >= this.stalledAfterMs - this.intervalMs);
    return unwritten && this.error('unwritten', [], unwritten.error);
  }

  private error(
    reason: StallReason,
    partitions: readonly TopicPartition[] = [],
    cause?: Error,
  ): StalledError {
    return new StalledError(this.watched.group, reason, partitions, this.stalledAfterMs, cause && { cause });
  }

  private clear(expected: boolean): void {
    // Only just replaced: the looks are counted anew, and nothing says yet that it helped.
    if (this.stall === undefined || (expected && !this.hasMoved())) return;
    this.stall = undefined;
    this.replacements = 0;
    this.replaceAt = 0;
    this.watched.moves();
  }

  private hasMoved(): boolean {
    const all = [...this.watched.partitions()].map((partition) => this.trails.of(partition));
    return this.silentLooks === 0 && all.every(({ unfed, idle }) => unfed === 0 && idle === 0);
  }

  private replace(reason: StallReason, now: number): void {
    if (reason === 'silent') {
      this.needsRestart = this.replacedSilent;
      this.replacedSilent = true;
    }
    this.replaceAt = now + this.stalledAfterMs * 2 ** Math.min(this.replacements++, MOST_DOUBLINGS);
    this.silentLooks = 0;
    this.watched.replace();
  }
}
