import type { TopicPartition } from '../transport/records.js';
import type { OutboxStatus } from './outbox-backend.js';
import type { DeadRow } from './outbox-store.js';

/** Offsets of one partition, `from` up to but not including `to`. */
export interface OriginRange extends TopicPartition {
  readonly from: number;
  readonly to: number;
}

/**
 * What operators ask of an outbox's database, beside the services and their relays. Works without `start`. What the database
 * throws comes out as it is; ages and durations are milliseconds by its clock.
 */
export interface OutboxOperator {
  status(): Promise<OutboxStatus>;

  /** As `RelayStore.dead`. */
  dead(after: number, limit: number): Promise<readonly DeadRow[]>;

  /** As `RelayStore.revive`. */
  revive(rowIds: readonly number[]): Promise<number>;

  /** As `RelayStore.discard`. */
  discard(rowIds: readonly number[]): Promise<number>;

  /** As `RelayStore.purge`. */
  purge(olderThanMs: number, limit: number): Promise<number>;

  /** As `InboxStore.forget`. */
  forget(
    group: string,
    committed: readonly (TopicPartition & { readonly offset: number })[],
    keepMs: number,
    limit: number,
  ): Promise<number>;

  /** As `InboxStore.known`. */
  known(group: string, handlerId: string, eventIds: readonly string[]): Promise<ReadonlySet<string>>;

  /** As `InboxStore.effects`. */
  effects(group: string, ranges: readonly OriginRange[]): Promise<number>;
}
