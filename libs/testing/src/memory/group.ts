import {
  partitionName,
  TransportError,
  type AssignedPartition,
  type CommitEntry,
  type CommittedOffset,
  type GroupDescription,
  type TopicPartition,
} from '@tramline/core';
import { assign, type Assignable } from './assignor.js';
import type { Cluster } from './cluster.js';
import { GroupSeat } from './group-seat.js';
import { MAX_METADATA_BYTES, metadataTooLarge, staleCommit } from './refusals.js';
import type { Occupant, Plan, Seat } from './seat.js';

/**
 * A consumer group at the broker: who is in it, who owns which partition, and what was committed.
 *
 * Every change of members or topics begins a new generation with a new target. Partitions move in two steps: the holder is
 * asked to give up what it should no longer have, and only when it did (or its session ended) may the next one take it.
 *
 * Heartbeats are not sent one by one: a session timer runs exactly while a member is silent (crashed or cut off), which is
 * what heartbeats without gaps come to, and costs nothing in hours of virtual time.
 */
export class MemoryGroup {
  readonly #seats = new Map<string, GroupSeat>();
  readonly #owners = new Map<string, string>();
  readonly #committed = new Map<string, CommittedOffset>();
  #targets = new Map<string, Set<string>>();
  #generation = 0;

  constructor(
    readonly name: string,
    readonly cluster: Cluster,
  ) {}

  get hasMembers(): boolean {
    return this.#seats.size > 0;
  }

  get isKnown(): boolean {
    return this.hasMembers || this.#committed.size > 0;
  }

  join(occupant: Occupant): Seat {
    const seat = new GroupSeat(this, this.cluster.newMemberId(occupant.clientId), occupant);
    this.#seats.set(seat.memberId, seat);
    this.rebalance();
    return seat;
  }

  /** Ends a seat, by its own wish or because its session expired. */
  remove(seat: GroupSeat): void {
    if (!this.#seats.delete(seat.memberId)) return;
    for (const [name, owner] of this.#owners) if (owner === seat.memberId) this.#owners.delete(name);
    this.rebalance();
  }

  /** Ends the sessions of these members at once, of all when none is named. */
  expire(memberIds?: readonly string[]): void {
    for (const seat of this.#seats.values()) {
      if (!memberIds || memberIds.includes(seat.memberId)) seat.expire();
    }
  }

  rebalance(): void {
    this.#generation++;
    this.#targets = this.#target();
    this.wakeAll();
  }

  /** A new generation only when the change concerns this group. */
  topicsChanged(): void {
    const target = this.#target();
    const same = [...target].every(([memberId, names]) => {
      const old = this.#targets.get(memberId);
      return old?.size === names.size && [...names].every((name) => old.has(name));
    });
    if (!same) this.rebalance();
  }

  ownerOf(partition: TopicPartition): string | undefined {
    return this.#owners.get(partitionName(partition));
  }

  /** After an outage of the broker every session begins anew. */
  sessionsChanged(): void {
    for (const seat of this.#seats.values()) seat.sessionChanged();
  }

  planOf(memberId: string): Plan {
    const target = this.#targets.get(memberId) ?? new Set();
    const release = [...this.#ownedBy(memberId)].filter((name) => !target.has(name));
    const take = [...target].filter((name) => !this.#owners.has(name));
    return { generation: this.#generation, release: release.map(parse), take: take.map(parse) };
  }

  take(memberId: string, partitions: readonly TopicPartition[]): AssignedPartition[] {
    return partitions.map((target) => {
      this.#owners.set(partitionName(target), memberId);
      const { earliest, end } = this.cluster.partition(target);
      const commit = this.#committed.get(partitionName(target));
      const committed = commit ? { offset: commit.offset, metadata: commit.metadata } : null;
      return { topic: target.topic, partition: target.partition, committed, earliest, end };
    });
  }

  release(memberId: string, partitions: readonly TopicPartition[]): void {
    for (const name of partitions.map(partitionName)) {
      if (this.#owners.get(name) === memberId) this.#owners.delete(name);
    }
    this.wakeAll();
  }

  commit(memberId: string, entries: readonly CommitEntry[]): void {
    for (const entry of entries) {
      const owner = this.#owners.get(partitionName(entry));
      if (owner !== memberId) throw staleCommit(this.name, entry, owner);
      if (Buffer.byteLength(entry.metadata) > MAX_METADATA_BYTES) throw metadataTooLarge(entry);
    }
    this.#store(entries, this.#seats.get(memberId)?.occupant.clientId ?? null);
  }

  /** Stores what another client left here, whoever is in the group. */
  force(entries: readonly CommittedOffset[]): void {
    this.#store(entries, null);
  }

  reset(positions: readonly (TopicPartition & { readonly offset: number })[]): void {
    if (this.hasMembers) {
      throw new TransportError(
        'TRAMLINE_GROUP_ACTIVE',
        `Group ${this.name} has ${this.#seats.size} members. Stop them, wait for the session timeout, then reset.`,
      );
    }
    for (const position of positions) this.cluster.partition(position);
    this.force(positions.map((position) => ({ ...position, metadata: '' })));
  }

  committed(topics: readonly string[]): CommittedOffset[] {
    const all = [...this.#committed.values()].sort((a, b) => a.partition - b.partition);
    return topics.flatMap((topic) => all.filter((entry) => entry.topic === topic));
  }

  /** Nobody owns a deleted topic's partitions, and positions on it mean nothing on its successor. */
  topicDeleted(topic: string): void {
    this.forgetCommits(topic);
    for (const name of this.#owners.keys()) if (parse(name).topic === topic) this.#owners.delete(name);
  }

  forgetCommits(topic: string): void {
    for (const [name, entry] of this.#committed) if (entry.topic === topic) this.#committed.delete(name);
  }

  describe(): GroupDescription {
    const members = [...this.#seats.values()].map(({ memberId, occupant }) => ({
      memberId,
      clientId: occupant.clientId,
      partitions: [...this.#ownedBy(memberId)].map(parse),
    }));
    return { group: this.name, members };
  }

  wakeAll(): void {
    for (const seat of this.#seats.values()) seat.occupant.wake();
  }

  #target(): Map<string, Set<string>> {
    const candidates = [...this.#seats.values()].map((seat) => ({
      memberId: seat.memberId,
      topics: seat.occupant.topics,
      held: this.#ownedBy(seat.memberId),
    }));
    return assign(candidates, this.#assignable());
  }

  #store(entries: readonly CommittedOffset[], clientId: string | null): void {
    for (const { topic, partition, offset, metadata } of entries) {
      const stored = { topic, partition, offset, metadata };
      this.#committed.set(partitionName(stored), stored);
      this.cluster.environment.watchers.committed(this.name, stored, clientId);
    }
  }

  #ownedBy(memberId: string): Set<string> {
    const owned = new Set<string>();
    for (const [name, owner] of this.#owners) if (owner === memberId) owned.add(name);
    return owned;
  }

  #assignable(): Assignable[] {
    const topics = new Set([...this.#seats.values()].flatMap((seat) => [...seat.occupant.topics]));
    return this.cluster
      .partitionsOf([...topics].sort())
      .map((target) => ({ name: partitionName(target), topic: target.topic }));
  }
}

function parse(name: string): TopicPartition {
  const slash = name.lastIndexOf('/');
  return { topic: name.slice(0, slash), partition: Number(name.slice(slash + 1)) };
}
