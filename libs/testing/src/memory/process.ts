import {
  recordBytes,
  TransportError,
  type Appended,
  type ConsumeListener,
  type ConsumeOptions,
  type GroupAdmin,
  type Membership,
  type OutgoingRecord,
  type ReadRange,
  type StoredRecord,
  type TopicAdmin,
  type TopicPartition,
  type TransportCapabilities,
  type TransportEnvironment,
} from '@tramline/core';
import { groupAdmin, topicAdmin } from './admin.js';
import type { BrokerCore } from './broker-core.js';
import { Link } from './link.js';
import { MemoryMembership } from './membership.js';
import type { MemoryTransport } from './transport.js';

const CAPABILITIES: TransportCapabilities = {
  // In the world of a test the processes are the transports, and the broker outlives them all.
  durable: true,
  shared: true,
  compaction: false,
  growth: true,
  alwaysCreates: false,
};

/** A {@link MemoryTransport}: the port over one link to the broker. */
export class MemoryProcess implements MemoryTransport {
  readonly name = 'memory';
  readonly capabilities = CAPABILITIES;
  readonly topics: TopicAdmin;
  readonly groups: GroupAdmin;
  readonly #link: Link;
  readonly #memberships = new Set<MemoryMembership>();
  readonly #appends = new Set<Promise<unknown>>();
  readonly #partitionCounts = new Map<string, number>();
  #closing: Promise<void> | undefined;

  constructor(
    readonly environment: TransportEnvironment,
    readonly broker: BrokerCore,
  ) {
    broker.opened(this, environment.clock);
    this.#link = new Link(environment.clientId, environment.clock, broker);
    this.topics = topicAdmin(this.#link, broker.cluster);
    this.groups = groupAdmin(this.#link, broker.cluster);
  }

  crash(): void {
    this.#link.crash();
    this.broker.cluster.awayChanged();
  }

  setAway(away: boolean): void {
    this.#link.cut(away);
    this.broker.cluster.awayChanged();
  }

  setSilent(silent: boolean): void {
    this.#link.mute(silent);
    this.broker.cluster.awayChanged();
  }

  /** The broker went away or came back. */
  linkChanged(): void {
    this.#link.changed();
  }

  async append(
    target: TopicPartition,
    records: readonly OutgoingRecord[],
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<Appended> {
    const { clientId } = this.#link;
    const call = { operation: 'append', clientId, topic: target.topic, partition: target.partition } as const;
    const written = this.#link.request(call, () => this.#append(target, records), timeoutMs);
    this.#appends.add(written);
    try {
      return await written;
    } finally {
      this.#appends.delete(written);
    }
  }

  async partitionCount(topic: string): Promise<number> {
    this.#link.assertOpen();
    const known = this.#partitionCounts.get(topic);
    if (known !== undefined && this.#link.away) return known;
    const count = () => this.broker.cluster.topic(topic).partitions.length;
    // Asked for every record: answered at once, as from a cache that is never stale.
    const now =
      known === undefined
        ? await this.#link.request({ operation: 'topics', clientId: this.#link.clientId, topic }, count)
        : count();
    this.#partitionCounts.set(topic, now);
    return now;
  }

  consume(options: ConsumeOptions, listener: ConsumeListener): Membership {
    this.#link.assertOpen();
    const left = () => this.#memberships.delete(membership);
    const membership = new MemoryMembership(
      options,
      listener,
      this.#link,
      this.broker,
      this.environment.log,
      left,
    );
    this.#memberships.add(membership);
    return membership;
  }

  read(range: ReadRange): AsyncIterable<readonly StoredRecord[]> {
    const { cluster } = this.broker;
    const end = cluster.hasTopic(range.topic)
      ? cluster.topic(range.topic).partitions[range.partition]?.end
      : undefined;
    return this.#read(range, Math.min(range.to, end ?? 0));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async *#read(
    { topic, partition, from, signal }: ReadRange,
    end: number,
  ): AsyncGenerator<readonly StoredRecord[]> {
    const call = { operation: 'read', clientId: this.#link.clientId, topic, partition } as const;
    const log = () => this.broker.cluster.partition({ topic, partition });
    await this.#link.request(call, log);
    for (let position = from; position < end;) {
      signal?.throwIfAborted();
      const at = position;
      const slice = await this.#link.request(call, () => log().slice(at, this.broker.batchSize, end));
      position = slice.nextOffset;
      if (slice.records.length > 0) yield slice.records;
    }
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#memberships].map((membership) => membership.close()));
    await Promise.allSettled(this.#appends);
    this.#link.close();
    this.broker.closed(this);
  }

  #append(target: TopicPartition, records: readonly OutgoingRecord[]): Appended {
    const { maxRecordBytes } = this.broker.cluster.topic(target.topic);
    const log = this.broker.cluster.partition(target);
    for (const record of records) {
      if (recordBytes(record) > maxRecordBytes)
        throw tooLarge(target.topic, recordBytes(record), maxRecordBytes);
    }
    const timestamp = this.environment.clock.now();
    const baseOffset = log.append(records, timestamp);
    this.broker.watchers.appended(log, baseOffset);
    return { baseOffset, timestamp };
  }
}

function tooLarge(topic: string, bytes: number, limit: number): TransportError {
  return new TransportError(
    'TRAMLINE_RECORD_TOO_LARGE',
    `A record of ${bytes} bytes is larger than topic ${topic} takes (${limit}). Send less, or raise the topic's maxRecordBytes.`,
  );
}
