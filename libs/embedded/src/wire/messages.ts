import type {
  AssignedPartition,
  CommittedOffset,
  GroupDescription,
  PartitionOffsets,
  TopicChange,
  TopicDescription,
  TopicPartition,
} from '@tramline/core';
import type { Failure } from './failure.js';
import type { StoredBatch } from './stored.js';

/** What a worker needs to know to open the log. */
export interface Settings {
  readonly directory: string;
  readonly allowNetworkFileSystem: boolean;
  /** How long a transaction waits for other processes, milliseconds. */
  readonly busyTimeoutMs: number;
}

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs: number | null;
  readonly maxRecordBytes: number;
}

export interface MemberState {
  readonly memberId: string;
  readonly group: string;
  readonly clientId: string;
  readonly topics: readonly string[];
  readonly sessionMs: number;
}

/** A partition in the hands of a member. `id` is the partition's identity: a topic made anew has other ones. */
export interface Holding extends TopicPartition {
  readonly id: number;
  /** Rises whenever the partition changes hands. */
  readonly epoch: number;
  /** It shall go to another member, who waits until it is released. */
  readonly askedBack: boolean;
}

/** A group as one member sees it after its heartbeat. */
export interface GroupView {
  readonly groupId: number;
  /** Rises with every change of who shall have which partition. */
  readonly generation: number;
  /** Rises with every change that a member has to look at. */
  readonly version: number;
  readonly holdings: readonly Holding[];
  /** Milliseconds until the next other member is dead unless it is heard of; null when there is none. */
  readonly nextExpiryMs: number | null;
}

export interface CommitRequest {
  readonly memberId: string;
  readonly groupId: number;
  readonly entries: readonly {
    readonly id: number;
    readonly epoch: number;
    readonly offset: number;
    readonly metadata: string;
  }[];
}

/** What runs in a transaction on the writing connection. */
export interface WriteCalls {
  createTopics(topics: readonly NewTopic[]): void;
  growTopic(topic: string, partitions: number): void;
  /** What is undefined stays as it is. */
  alterTopic(topic: string, settings: Pick<TopicChange, 'retentionMs' | 'maxRecordBytes'>): void;
  deleteTopics(topics: readonly string[]): void;
  /** Deletes some of what lies below an offset. Answers whether more is left. */
  trimPartition(target: TopicPartition, offset: number): boolean;
  heartbeat(member: MemberState): GroupView;
  release(memberId: string, partitions: readonly number[]): void;
  leave(memberId: string): void;
  commit(request: CommitRequest): void;
  resetGroup(group: string, positions: readonly (TopicPartition & { readonly offset: number })[]): void;
}

/** What only reads. */
export interface ReadCalls {
  listTopics(prefix: string): string[];
  describeTopics(topics: readonly string[]): TopicDescription[];
  partitionCount(topic: string): number;
  offsets(topic: string): PartitionOffsets[];
  offsetsAt(topic: string, timestamp: number): { partition: number; offset: number }[];
  listGroups(prefix: string): string[];
  describeGroup(group: string): GroupDescription;
  committed(group: string, topics: readonly string[]): CommittedOffset[];
  /** Every partition of those of the topics that exist. */
  partitionsOf(topics: readonly string[]): Holding[];
  /** The state of partitions before their first record is read; one that is gone is left out. `groupId` null: no commits. */
  positions(
    groupId: number | null,
    partitions: readonly number[],
  ): (AssignedPartition & { readonly id: number })[];
  /** The bounds of one partition. @throws FailureError TRAMLINE_UNKNOWN_TOPIC */
  bounds(target: TopicPartition): { id: number; earliest: number; end: number };
  /** The next batch of a partition from `from`, below `to`; undefined when nothing is left there. */
  readBatch(partition: number, from: number, to: number): StoredBatch | undefined;
}

export interface AppendRequest {
  readonly id: number;
  readonly target: TopicPartition;
  readonly count: number;
  /** Bytes that its records take in the message. */
  readonly bytes: number;
  /** Bytes of the largest record, as `recordBytes` counts. */
  readonly largest: number;
  readonly timeoutMs: number;
}

export interface CallRequest {
  readonly id: number;
  readonly name: keyof WriteCalls | keyof ReadCalls;
  readonly args: readonly unknown[];
}

/** What a worker shall keep an eye on; it pushes records and hints by itself. */
export type TailCommand =
  | { readonly kind: 'open'; readonly tail: number; readonly partition: number; readonly from: number }
  /** One more batch may be sent. */
  | { readonly kind: 'grant'; readonly tail: number }
  | { readonly kind: 'close'; readonly tail: number }
  | { readonly kind: 'watch-group'; readonly groupId: number }
  | { readonly kind: 'unwatch-group'; readonly groupId: number }
  | { readonly kind: 'watch-topics'; readonly on: boolean };

/** All that one turn of the main thread asks of a worker, in one message. */
export interface Request {
  readonly appends: readonly AppendRequest[];
  /** The records of all appends, one after another. */
  readonly records: ArrayBuffer | undefined;
  readonly calls: readonly CallRequest[];
  readonly tails: readonly TailCommand[];
  /** Finish what was asked for, then end. */
  readonly close: boolean;
}

export interface TailBatch {
  readonly tail: number;
  readonly batch: StoredBatch;
}

export interface Response {
  readonly done: readonly (readonly [id: number, result: unknown])[];
  readonly failed: readonly (readonly [id: number, failure: Failure])[];
  readonly batches: readonly TailBatch[];
  /** Tails whose position no longer exists; they are closed. */
  readonly outOfRange: readonly (readonly [tail: number, position: number])[];
  /** Groups that changed, with their version. */
  readonly groups: readonly (readonly [groupId: number, version: number])[];
  /** Topics or partitions came or went. */
  readonly topics: boolean;
  /** Tails cannot be read just now. */
  readonly away: Failure | undefined;
}
