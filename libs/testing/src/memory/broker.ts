import type {
  Clock,
  CommittedOffset,
  StoredRecord,
  TopicPartition,
  TransportEnvironment,
} from '@tramline/core';
import { BrokerCore } from './broker-core.js';
import type { Fault, FaultOptions, Operation } from './faults.js';
import { MemoryProcess } from './process.js';
import { TOPIC_DEFAULTS } from './topic.js';
import type { MemoryTransport } from './transport.js';
import type { BrokerWatcher } from './watchers.js';

export interface MemoryBrokerOptions {
  /** The broker's own time: sessions, retention, late appends. Default: the clock of the first transport opened. */
  readonly clock?: Clock;
  /** Partitions of a topic whose creator names no number. Default 6. */
  readonly partitions?: number;
  /** The most records that one delivery, or one step of `read`, carries. Default 100. */
  readonly batchSize?: number;
}

/**
 * The broker of the memory transport, shared by every transport opened on it; each of those stands for a process. What lies
 * here survives their end, and ends with this object.
 *
 * Besides carrying records it is the test's hand on the world: outages, crashes, faults in single calls, sessions that end.
 */
export class MemoryBroker {
  readonly #core: BrokerCore;

  constructor({ clock, partitions = TOPIC_DEFAULTS.partitions, batchSize = 100 }: MemoryBrokerOptions = {}) {
    this.#core = new BrokerCore(clock, partitions, batchSize);
  }

  /** A new process with its own connection. `memory({ broker })` as a provider does the same. */
  open(environment: TransportEnvironment): MemoryTransport {
    return new MemoryProcess(environment, this.#core);
  }

  /** Every transport that was opened here and not closed, in order of opening; also those that crashed. */
  get transports(): readonly MemoryTransport[] {
    return this.#core.processes;
  }

  get away(): boolean {
    return this.#core.away;
  }

  /** An outage of the whole broker begins or ends. Sessions do not expire meanwhile and begin anew afterwards. */
  setAway(away: boolean): void {
    this.#core.setAway(away);
  }

  /** The next matching call of `operation` goes wrong as `fault` says. */
  failNext(operation: Operation, fault: Fault = {}, options: FaultOptions = {}): void {
    this.#core.faults.fail(operation, fault, options);
  }

  /** The next matching append succeeds and lies in the log twice, as after a repeat without deduplication. */
  duplicateNext(options: FaultOptions = {}): void {
    this.#core.faults.duplicate(options);
  }

  /** Ends the session of these members of a group (default: all): what they hold is `lost`, they join again. */
  expireSessions(group: string, memberIds?: readonly string[]): void {
    this.#core.cluster.group(group).expire(memberIds);
  }

  /** Lets go of all records of a partition before `offset`, as retention would. */
  deleteBefore(target: TopicPartition, offset: number): void {
    this.#core.cluster.partition(target).deleteBefore(offset);
  }

  /** Keeps the newest record of each key; nothing is ever compacted unless asked for here. */
  compact(topic: string): void {
    for (const log of this.#core.cluster.topic(topic).partitions) log.compact();
  }

  /** All records of a topic by partition, then offset, at once and through no transport. */
  records(topic: string): StoredRecord[] {
    return this.#core.cluster
      .topic(topic)
      .partitions.flatMap((log) => [...log.slice(log.earliest, Infinity).records]);
  }

  /** What a group committed on a topic, at once and through no transport. */
  committed(group: string, topic: string): CommittedOffset[] {
    return this.#core.cluster.group(group).committed([topic]);
  }

  /** Forgets what a group committed on a topic, as a broker does with offsets that expired. */
  forgetCommits(group: string, topic: string): void {
    this.#core.cluster.group(group).forgetCommits(topic);
  }

  /** Stores positions of a group with any metadata, as another client would, whoever is a member. */
  forceCommits(group: string, entries: readonly CommittedOffset[]): void {
    this.#core.cluster.group(group).force(entries);
  }

  /** More partitions for a topic. */
  grow(topic: string, partitions: number): void {
    this.#core.cluster.grow(topic, partitions);
  }

  /** Names of all topics, sorted. */
  get topics(): string[] {
    return this.#core.cluster.topicNames;
  }

  /** Where each partition of a topic ends: one past its highest offset. */
  ends(topic: string): number[] {
    return this.#core.cluster.topic(topic).partitions.map(({ end }) => end);
  }

  /** Calls `watcher` for everything that is stored from now on, at the moment it is. @returns stops it */
  watch(watcher: BrokerWatcher): () => void {
    return this.#core.watchers.add(watcher);
  }

  /** Takes back all faults that no call has met yet. */
  clearFaults(): void {
    this.#core.faults.clear();
  }
}
