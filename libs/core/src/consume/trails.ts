import type { Clock } from '../time/clock.js';
import type { PartitionConsumer } from './partition-consumer.js';

/**
 * How far a partition had come at the last look, and at how many looks in a row it stood still though it should not have.
 * Sampled, so that the events themselves pay nothing for it.
 */
export class Trail {
  private taken: number;
  private watermark: number;
  private open: number;
  /** When it was last seen to have moved, monotonic. */
  movedAt: number;
  /** The log's end, when it is known. */
  end: number | undefined;
  /** Looks at which records waited in the log and none had come. */
  unfed = 0;
  /** Looks at which events were taken in, none ended, and nothing ran. */
  idle = 0;

  constructor({ progress }: PartitionConsumer, now: number) {
    this.taken = progress.taken;
    this.watermark = progress.watermark;
    this.open = progress.openCount;
    this.movedAt = now;
  }

  hasMoved({ progress }: PartitionConsumer): boolean {
    const { taken, watermark, open } = this;
    return progress.taken !== taken || progress.watermark !== watermark || progress.openCount !== open;
  }

  /** @param isBusy - some job of the group runs, so that events may wait for its place */
  look(partition: PartitionConsumer, isBusy: boolean, now: number): void {
    const { progress, pausedBy } = partition;
    const isFed =
      progress.taken !== this.taken || progress.taken >= (this.end ?? 0) || pausedBy !== undefined;
    const moved = this.hasMoved(partition);
    // What is in a tier waits for its time, and nothing else can be told of it from here.
    const isAtWork = progress.openCount === 0 || partition.isTier || partition.isAtWork || isBusy;
    this.unfed = isFed ? 0 : this.unfed + 1;
    this.idle = moved || isAtWork ? 0 : this.idle + 1;
    if (moved) this.movedAt = now;
    this.taken = progress.taken;
    this.watermark = progress.watermark;
    this.open = progress.openCount;
  }

  forgive(): void {
    this.unfed = 0;
    this.idle = 0;
  }
}

/** The trails of the partitions that a group holds; they go with them. */
export class Trails {
  private readonly trails = new WeakMap<PartitionConsumer, Trail>();

  constructor(private readonly clock: Clock) {}

  of(partition: PartitionConsumer): Trail {
    let trail = this.trails.get(partition);
    if (!trail) this.trails.set(partition, (trail = new Trail(partition, this.clock.monotonic())));
    return trail;
  }
}
