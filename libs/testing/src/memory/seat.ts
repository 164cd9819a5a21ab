import type { AssignedPartition, CommitEntry, TopicPartition } from '@tramline/core';

/** What has to change so that a member holds what it should. */
export interface Plan {
  /** Grows with every new assignment of the group. */
  readonly generation: number;
  /** Held, and meant for others. */
  readonly release: readonly TopicPartition[];
  /** Meant for this member, and free. */
  readonly take: readonly TopicPartition[];
}

/**
 * A member's place at the broker: in a group, or (broadcast) beside all groups. The membership asks for the plan whenever
 * it is woken, and carries it out in its own time; until it releases a partition nobody else can take it.
 */
export interface Seat {
  readonly memberId: string;
  /** The session ended: the broker gave everything to others and knows this member no more. */
  readonly expired: boolean;
  owns(partition: TopicPartition): boolean;
  plan(): Plan;
  /** Makes the partitions this member's. */
  take(partitions: readonly TopicPartition[]): readonly AssignedPartition[];
  release(partitions: readonly TopicPartition[]): void;
  /** @throws TransportError as `Membership.commit` */
  commit(entries: readonly CommitEntry[]): void;
  leave(): void;
}

/** The member's side of a seat, as the broker sees it. */
export interface Occupant {
  readonly clientId: string;
  readonly topics: ReadonlySet<string>;
  readonly sessionTimeoutMs: number;
  /** The broker hears nothing from this member. */
  readonly silent: boolean;
  /** The plan may have changed, or the session has expired. */
  wake(): void;
}
