import { asError } from '../errors.js';
import { backoff } from '../failure/decide.js';
import { sleep } from '../time/clock.js';
import { partitionName, type TopicPartition } from '../transport/records.js';
import type { AssignedPartition, Membership, StartPosition } from '../transport/transport.js';
import type { GroupState } from './group-state.js';
import type { HeldPartitions } from './held-partitions.js';
import type { Start, StartPositions } from './start-positions.js';
import type { Tools } from './work.js';

/** Where partitions that were just assigned start. */
export interface Starts {
  /** A new membership begins. */
  joins(): void;
  /** The position of this one proved out of range: what was committed of it does not count, until it has started anew. */
  strayed(partition: TopicPartition): void;
  /** Answers for those that are still arriving at the end. */
  resolve(
    partitions: readonly AssignedPartition[],
    membership: Membership | undefined,
  ): Promise<readonly Omit<Start, 'fresh'>[]>;
}

/** Positions of a group, committed before anything is handled. Outages are waited out: the partitions are ours meanwhile. */
export class GroupStarts implements Starts {
  private readonly astray = new Set<string>();

  constructor(
    private readonly positions: { readonly starts: StartPositions; readonly state: GroupState },
    private readonly partitions: HeldPartitions,
    private readonly tools: Tools,
    private readonly stopping: AbortSignal,
  ) {}

  joins(): void {}

  strayed(partition: TopicPartition): void {
    this.astray.add(partitionName(partition));
  }

  async resolve(
    partitions: readonly AssignedPartition[],
    membership: Membership | undefined,
  ): Promise<readonly Start[]> {
    const { tools } = this;
    let known = partitions.map((one) =>
      this.astray.has(partitionName(one)) ? { ...one, committed: null } : one,
    );
    for (let tries = 1; membership; tries++) {
      const ours = known.filter((partition) => this.partitions.isArriving(partition));
      if (ours.length === 0) break;
      try {
        const found = await this.positions.starts.resolve(ours);
        // Some may have been lost while the broker was asked: they are no longer ours to commit.
        const starts = found.filter((start) => this.partitions.isArriving(start));
        const fresh = starts.filter((start) => start.fresh);
        if (fresh.length > 0) {
          await membership.commit(
            fresh.map(({ topic, partition, offset }) => ({ topic, partition, offset, metadata: '' })),
          );
          // What follows may fail and still be written: on the next try these positions must not count as missing.
          known = known.map((one) => ({ ...one, committed: committedNow(one, fresh) ?? one.committed }));
        }
        await this.remember(starts);
        return starts;
      } catch (thrown) {
        const error = asError(thrown) as Error & { retriable?: boolean };
        // Those that are left may do well without the lost ones.
        if (ours.some((partition) => !this.partitions.isArriving(partition))) continue;
        if (error.retriable !== true || this.stopping.aborted) throw error;
        tools.log.warn(`Group '${tools.group}' cannot read its positions yet: ${error.message}`);
        await sleep(tools.clock, backoff(tries, tools.random, 100, 5_000), this.stopping);
      }
    }
    return [];
  }

  private async remember(starts: readonly Start[]): Promise<void> {
    const { state } = this.positions;
    await state.saveStarted(starts.filter((start) => !state.hasStarted(start)));
    for (const start of starts) this.astray.delete(partitionName(start));
  }
}

/** A broadcast starts at the end; partitions that a topic gains while we listen start at the earliest. */
export class BroadcastStarts implements Starts {
  private readonly seenTopics = new Set<string>();

  joins(): void {
    this.seenTopics.clear();
  }

  /** Its positions are nowhere committed, and begin anew with each membership. */
  strayed(): void {}

  resolve(partitions: readonly AssignedPartition[]): Promise<readonly Omit<Start, 'fresh'>[]> {
    const seen = new Set(this.seenTopics);
    const starts = partitions.map(({ topic, partition, earliest, end }) => {
      this.seenTopics.add(topic);
      return { topic, partition, offset: seen.has(topic) ? earliest : end, finished: [] };
    });
    return Promise.resolve(starts);
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
