import type { TopicPartition } from './records.js';

/** Topics as an operator sees them. Every method answers about the present, not a cache. @throws TransportError */
export interface TopicAdmin {
  /** Names of all topics that begin with `prefix`, sorted. */
  list(prefix?: string): Promise<string[]>;
  /** Those of the named topics that exist, in the order asked for. */
  describe(topics: readonly string[]): Promise<TopicDescription[]>;
  /** Makes topics. One that exists is left as it is, whatever its settings. Safe when several processes do it at once. */
  create(topics: readonly TopicSpec[]): Promise<void>;
  /** More partitions for a topic; fewer or as many as it has changes nothing. */
  grow(topic: string, partitions: number): Promise<void>;
  /**
   * Gives a topic that exists other settings; `describe` tells them from then on, and who writes meets them soon. What is
   * absent stays as it is; what a transport without brokers does not have (`minInSync`, `retentionBytes`) it leaves out.
   * @throws TransportError `TRAMLINE_UNKNOWN_TOPIC`
   */
  alter(topic: string, settings: TopicChange): Promise<void>;
  /** Deletes topics with all records; one that does not exist is no error. */
  delete(topics: readonly string[]): Promise<void>;
  /**
   * Deletes the records of partitions below an offset, for good: it is the earliest then. One at or below the earliest changes
   * nothing, one beyond the end means the end. Offsets are never given again. Some may be done and others not when it throws;
   * safe to repeat. @throws TransportError `TRAMLINE_UNKNOWN_TOPIC`, also for a partition that the topic does not have
   */
  deleteBefore(positions: readonly (TopicPartition & { readonly offset: number })[]): Promise<void>;
  /** Earliest and end offset of every partition, in order of partition. @throws TransportError `TRAMLINE_UNKNOWN_TOPIC` */
  offsets(topic: string): Promise<PartitionOffsets[]>;
  /** For every partition the first offset whose timestamp is at or after `timestamp`, the end offset when there is none. */
  offsetsAt(
    topic: string,
    timestamp: number,
  ): Promise<{ readonly partition: number; readonly offset: number }[]>;
}

export interface TopicSpec {
  readonly name: string;
  /** At least 1. The transport's default (6) when absent. */
  readonly partitions?: number;
  /** Copies on different brokers; transports without brokers ignore it. The transport's default when absent. */
  readonly replication?: number;
  /** `delete`: old records go by age. `compact`: the newest record of each key stays. */
  readonly cleanup: 'delete' | 'compact';
  /** How long records stay at least, milliseconds; null: for ever; absent: the transport's default. */
  readonly retentionMs?: number | null;
  /** The largest record, bytes of key, value and headers. The transport's default when absent. */
  readonly maxRecordBytes?: number;
}

export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs: number | null;
  readonly maxRecordBytes: number;
  /** How many copies acknowledge a record at least. Absent where copies are not a matter. */
  readonly minInSync?: number;
  /** How many bytes a partition keeps at most, whatever their age; null: no limit. Absent where there is no such limit. */
  readonly retentionBytes?: number | null;
}

/** Settings that a topic may be given while it is in use. */
export type TopicChange = Partial<
  Pick<TopicDescription, 'retentionMs' | 'retentionBytes' | 'maxRecordBytes' | 'minInSync'>
>;

export interface PartitionOffsets {
  readonly partition: number;
  readonly earliest: number;
  readonly end: number;
}

/** Consumer groups as an operator sees them. @throws TransportError */
export interface GroupAdmin {
  /** Names of all groups that begin with `prefix`, with members or with committed offsets, sorted. */
  list(prefix?: string): Promise<string[]>;
  describe(group: string): Promise<GroupDescription>;
  /** What the group committed on these topics; partitions without a commit are left out. */
  committed(group: string, topics: readonly string[]): Promise<CommittedOffset[]>;
  /**
   * Sets positions by force, metadata empty. @throws TransportError `TRAMLINE_GROUP_ACTIVE` while the group has members,
   *   before anything was changed
   */
  reset(group: string, positions: readonly (TopicPartition & { readonly offset: number })[]): Promise<void>;
}

export interface CommittedOffset extends TopicPartition {
  readonly offset: number;
  readonly metadata: string;
}

export interface GroupDescription {
  readonly group: string;
  readonly members: readonly GroupMember[];
}

export interface GroupMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly partitions: readonly TopicPartition[];
}
