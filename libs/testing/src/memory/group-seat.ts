import type { AssignedPartition, CommitEntry, Timer, TopicPartition } from '@tramline/core';
import type { MemoryGroup } from './group.js';
import type { Occupant, Plan, Seat } from './seat.js';

/** A seat in a group, with its session. */
export class GroupSeat implements Seat {
  #gone = false;
  #session: Timer | undefined;

  constructor(
    readonly group: MemoryGroup,
    readonly memberId: string,
    readonly occupant: Occupant,
  ) {}

  get expired(): boolean {
    return this.#gone;
  }

  owns(partition: TopicPartition): boolean {
    return this.group.ownerOf(partition) === this.memberId;
  }

  plan(): Plan {
    return this.group.planOf(this.memberId);
  }

  take(partitions: readonly TopicPartition[]): AssignedPartition[] {
    return this.group.take(this.memberId, partitions);
  }

  release(partitions: readonly TopicPartition[]): void {
    this.group.release(this.memberId, partitions);
  }

  commit(entries: readonly CommitEntry[]): void {
    this.group.commit(this.memberId, entries);
  }

  leave(): void {
    this.#end();
  }

  expire(): void {
    this.#end();
    this.occupant.wake();
  }

  /** Whether the session timer has to run may have changed; one that runs already goes on. */
  sessionChanged(): void {
    const { environment } = this.group.cluster;
    const silent = !this.#gone && this.occupant.silent && !environment.away;
    if (silent) {
      this.#session ??= environment.clock.setTimer(this.occupant.sessionTimeoutMs, () => this.expire());
    } else {
      this.#session?.cancel();
      this.#session = undefined;
    }
  }

  #end(): void {
    this.#gone = true;
    this.sessionChanged();
    this.group.remove(this);
  }
}
