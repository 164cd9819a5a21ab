import { asError, partitionName, type ConsumeOptions, type Timer } from '@tramline/core';
import type { Cluster } from '../cluster/cluster.js';
import type { Consumer } from './consumer.js';
import type { Seat } from './seat.js';
import { watchIntervalMs } from './watch.js';

/** Every partition of every topic is this member's, without a group. New ones are taken as they appear. */
export class BroadcastSeat implements Seat {
  private timer: Timer | undefined;
  private stopped = false;
  private first = true;

  constructor(
    private readonly consumer: Consumer,
    private readonly cluster: Cluster,
    private readonly options: ConsumeOptions,
  ) {}

  start(): void {
    void this.look();
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  async leave(): Promise<void> {}

  sureUntil(): number {
    return Infinity;
  }

  async commit(): Promise<void> {
    throw new Error('A broadcast remembers nothing: its offsets are not committed.');
  }

  private async look(): Promise<void> {
    const { topics } = this.options;
    let interval = watchIntervalMs(true);
    try {
      const found = await this.cluster.fresh(topics);
      if (this.stopped) return;
      this.consumer.heard();
      const all = found.flatMap(({ name, partitions }) =>
        partitions.map(({ partition }) => ({ topic: name, partition })),
      );
      const held = new Set(this.consumer.holdings.map(partitionName));
      const existing = new Set(all.map(partitionName));
      const gone = this.consumer.holdings.filter((target) => !existing.has(partitionName(target)));
      if (gone.length > 0) await this.consumer.giveUp(gone);
      const fresh = all.filter((target) => !held.has(partitionName(target)));
      if (fresh.length > 0 || this.first) void this.consumer.take(fresh);
      this.first = false;
      this.consumer.relief('topics');
      interval = watchIntervalMs(found.length < topics.length);
    } catch (thrown) {
      const error = asError(thrown) as Error & { retriable?: boolean };
      if (this.stopped) return;
      if (error.retriable !== true) return void this.consumer.fail(error);
      this.consumer.trouble('topics', error);
    }
    this.timer = this.cluster.clock.setTimer(interval, () => void this.look(), true);
  }
}
