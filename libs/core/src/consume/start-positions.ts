import type { Log } from '../log/log.js';
import type { AssignedPartition, StartPosition, Transport } from '../transport/transport.js';
import type { GroupState } from './group-state.js';
import { decodeOffsetMap, type OffsetRange } from './offset-map.js';
import { OffsetsMissingError, OutOfRangeError } from './position-errors.js';

/** Where delivery of a partition begins, and what above it is finished already. */
export interface Start extends StartPosition {
  readonly finished: readonly OffsetRange[];
  /** Not committed yet: must be, before the first record is handled. */
  readonly fresh: boolean;
}

/**
 * Decides where a group starts on partitions that it was assigned.
 *
 * - A committed offset holds, with its offset map, as long as the log still has it; otherwise `outOfRange` decides.
 * - A partition that was committed before and has no offset now is missing: the group stops.
 * - The first start on a topic follows `startFrom`. The position of *every* partition is recorded at once, so that members
 *   that come later, or a crash in between, start where the first one saw the topic.
 * - Partitions that the topic gained since start at the earliest.
 */
export class StartPositions {
  constructor(
    private readonly group: string,
    private readonly transport: Transport,
    private readonly state: GroupState,
    private readonly outOfRange: 'stop' | 'earliest' | 'latest',
    /** By topic; topics not named start at the earliest. */
    private readonly startFrom: ReadonlyMap<string, 'earliest' | 'latest'>,
    /** A group, by its final name, whose offsets are taken over where this one has none. */
    private readonly previousGroup: string | undefined,
    private readonly log: Log,
  ) {}

  /** @throws OffsetsMissingError | OutOfRangeError | TransportError */
  async resolve(partitions: readonly AssignedPartition[]): Promise<Start[]> {
    await this.state.refresh();
    const starts: Start[] = [];
    const missing: AssignedPartition[] = [];
    for (const partition of partitions) {
      if (partition.committed) starts.push(this.resume(partition, partition.committed));
      else if (this.state.hasStarted(partition) && this.outOfRange === 'stop') missing.push(partition);
      else if (this.state.hasStarted(partition)) starts.push(this.jump(partition));
      else starts.push(await this.first(partition));
    }
    if (missing.length > 0) throw new OffsetsMissingError(this.group, missing);
    return starts;
  }

  private resume(partition: AssignedPartition, committed: { offset: number; metadata: string }): Start {
    const { topic, earliest, end } = partition;
    const { offset, metadata } = committed;
    if (offset >= earliest && offset <= end) {
      return {
        topic,
        partition: partition.partition,
        offset,
        finished: decodeOffsetMap(offset, metadata, end),
        fresh: false,
      };
    }
    const error = new OutOfRangeError(this.group, topic, partition.partition, offset, earliest, end);
    if (this.outOfRange === 'stop') throw error;
    this.log.error(`${error.message} consumer.outOfRange says: go on at the ${this.outOfRange}.`);
    return this.jump(partition);
  }

  private jump({ topic, partition, earliest, end }: AssignedPartition): Start {
    return {
      topic,
      partition,
      offset: this.outOfRange === 'latest' ? end : earliest,
      finished: [],
      fresh: true,
    };
  }

  private async first(assigned: AssignedPartition): Promise<Start> {
    const { topic, partition, earliest, end } = assigned;
    const known = this.state.topicStart(topic) ?? (await this.begin(topic));
    const recorded = known.starts[partition];
    // Retention may have passed the recorded start; what is gone cannot be delivered, and nothing was handled here before.
    const offset = recorded === undefined ? earliest : Math.min(Math.max(recorded, earliest), end);
    const previous =
      this.previousGroup &&
      (await this.transport.groups.committed(this.previousGroup, [topic])).find(
        (entry) => entry.partition === partition,
      );
    if (previous && previous.offset >= earliest && previous.offset <= end) {
      const finished = decodeOffsetMap(previous.offset, previous.metadata, end);
      return { topic, partition, offset: previous.offset, finished, fresh: true };
    }
    return { topic, partition, offset, finished: [], fresh: true };
  }

  private async begin(topic: string) {
    const startFrom = this.startFrom.get(topic) ?? 'earliest';
    const offsets = await this.transport.topics.offsets(topic);
    const start = {
      startFrom,
      starts: offsets.map(({ earliest, end }) => (startFrom === 'latest' ? end : earliest)),
    };
    await this.state.saveTopicStart(topic, start);
    if (this.startFrom.has(topic)) {
      const waiting = offsets.reduce((sum, { earliest, end }) => sum + end - earliest, 0);
      this.log.info(
        startFrom === 'latest'
          ? `Group '${this.group}' is new on '${topic}' and starts at the latest: ${waiting} events of the past are not delivered.`
          : `Group '${this.group}' is new on '${topic}' and starts at the earliest: it will deliver ${waiting} events of the past${await this.since(topic, offsets)}.`,
      );
    }
    return start;
  }

  /** From when the oldest event of a topic is, in words. */
  private async since(
    topic: string,
    offsets: readonly { partition: number; earliest: number; end: number }[],
  ): Promise<string> {
    let oldest = Infinity;
    for (const { partition, earliest, end } of offsets) {
      if (earliest === end) continue;
      for await (const [record] of this.transport.read({
        topic,
        partition,
        from: earliest,
        to: earliest + 1,
      })) {
        if (record) oldest = Math.min(oldest, record.timestamp);
      }
    }
    return Number.isFinite(oldest) ? `, the oldest from ${new Date(oldest).toISOString()}` : '';
  }
}
