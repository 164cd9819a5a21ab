import { asError } from '../errors.js';
import type { Log } from '../log/log.js';
import type { Observations } from '../observe/observations.js';
import type { Clock, Timer } from '../time/clock.js';
import type { Membership } from '../transport/transport.js';
import { METADATA_LIMIT } from './offset-map.js';
import type { PartitionConsumer } from './partition-consumer.js';

/** Commits what is done, on a timer and on demand; one commit at a time, changed partitions only. */
export class Committer {
  private flight: Promise<void> = Promise.resolve();
  private timer: Timer | undefined;
  private stopped = false;

  constructor(
    private readonly group: string,
    private readonly membership: Membership,
    private readonly held: () => Iterable<PartitionConsumer>,
    private readonly intervalMs: number,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly observations: Observations,
  ) {}

  /** Commits these partitions now, after the commit under way. A failure is told and leaves them changed. Never rejects. */
  flush(partitions: Iterable<PartitionConsumer>): Promise<void> {
    const list = [...partitions];
    this.flight = this.flight.then(() => this.commit(list));
    return this.flight;
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  /** Something was done: it is committed within the interval. Costs nothing while that is under way. */
  touch(): void {
    if (this.timer || this.stopped) return;
    this.timer = this.clock.setTimer(this.intervalMs, () => {
      this.timer = undefined;
      void this.flush(this.held()).then(() => {
        // A commit failed, or more was done meanwhile.
        for (const partition of this.held()) if (partition.changed) return this.touch();
      });
    });
  }

  private async commit(partitions: readonly PartitionConsumer[]): Promise<void> {
    const entries = [];
    for (const partition of partitions) {
      if (!partition.changed || partition.signal.aborted) continue;
      partition.changed = false;
      const offset = partition.progress.watermark;
      const metadata = partition.progress.metadata(partition.metadataLimit ?? METADATA_LIMIT);
      if (partition.committed?.offset === offset && partition.committed.metadata === metadata) continue;
      entries.push({
        consumer: partition,
        topic: partition.topic,
        partition: partition.partition,
        offset,
        metadata,
      });
    }
    if (entries.length === 0) return;
    try {
      await this.membership.commit(
        entries.map(({ topic, partition, offset, metadata }) => ({ topic, partition, offset, metadata })),
      );
      for (const { consumer, offset, metadata } of entries) consumer.committed = { offset, metadata };
      if (this.observations.active)
        this.observations.tell({ kind: 'committed', group: this.group, partitions: entries.length });
    } catch (thrown) {
      const error = asError(thrown);
      for (const { consumer } of entries) consumer.changed = true;
      if ((error as { code?: unknown }).code === 'TRAMLINE_METADATA_TOO_LARGE')
        return this.shrink(partitions);
      this.log.warn(
        `Group '${this.group}' could not commit: ${error.message} It tries again; after a crash the events since the last commit run again.`,
      );
      if (this.observations.active)
        this.observations.tell({ kind: 'commit-failed', group: this.group, error });
    }
  }

  /** The broker takes less metadata than we thought: bare offsets now, half as much from here on. */
  private shrink(partitions: readonly PartitionConsumer[]): Promise<void> {
    if (partitions.every((partition) => partition.metadataLimit === 0)) return Promise.resolve();
    const limits = partitions.map((partition) => Math.floor((partition.metadataLimit ?? METADATA_LIMIT) / 2));
    for (const partition of partitions) partition.metadataLimit = 0;
    return this.commit(partitions).finally(() => {
      partitions.forEach((partition, index) => {
        partition.metadataLimit = limits[index]!;
        // What the bare offset does not say follows with the next commit, even if nothing more is done until then.
        partition.changed = true;
      });
    });
  }
}
