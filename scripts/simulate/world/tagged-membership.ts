import {
  partitionName,
  type AssignedPartition,
  type ConsumeListener,
  type ConsumeOptions,
  type Membership,
  type RecordBatch,
  type TopicPartition,
} from '@tramline/core';
import type { MemoryTransport } from '@tramline/testing';
import type { Holding } from '../oracle/model.ts';
import type { Oracle } from '../oracle/oracle.ts';
import type { SimProcess } from './sim-process.ts';
import { tagged } from './tagged.ts';

/** One membership of a process, both directions. */
export class TaggedMembership implements Membership, ConsumeListener {
  readonly #inner: Membership;
  readonly #options: ConsumeOptions;
  readonly #listener: ConsumeListener;
  readonly #process: SimProcess;
  readonly #oracle: Oracle;
  readonly #held = new Map<string, Holding>();

  constructor(
    inner: MemoryTransport,
    options: ConsumeOptions,
    listener: ConsumeListener,
    process: SimProcess,
    oracle: Oracle,
  ) {
    this.#options = options;
    this.#listener = listener;
    this.#process = process;
    this.#oracle = oracle;
    this.#inner = inner.consume({ ...options, clientId: process.name }, this);
    process.holdings.add(this.#held);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions)
      this.#oracle.holdings.paused(this.#held.get(partitionName(partition)), partition, true);
    this.#inner.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions)
      this.#oracle.holdings.paused(this.#held.get(partitionName(partition)), partition, false);
    this.#inner.resume(partitions);
  }

  async commit(entries: Parameters<Membership['commit']>[0]): Promise<void> {
    this.#oracle.holdings.commits(this.#process, this.#held, entries);
    try {
      await this.#inner.commit(entries);
    } catch (error) {
      for (const holding of this.#held.values()) holding.commitFailed = true;
      throw error;
    }
  }

  heardAt(): number | undefined {
    return this.#inner.heardAt();
  }

  async close(): Promise<void> {
    await this.#inner.close();
    this.#process.holdings.delete(this.#held);
  }

  assigned(partitions: readonly AssignedPartition[]) {
    const { group, broadcast } = this.#options;
    for (const partition of partitions) {
      this.#held.set(
        partitionName(partition),
        this.#oracle.holdings.assigned(this.#process, group, broadcast, partition),
      );
    }
    return this.#listener.assigned(partitions);
  }

  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const going = this.#find(partitions);
    const began = going.map((holding) => this.#oracle.holdings.revoking(holding));
    const troubles = this.#process.troubles;
    await this.#listener.revoked(partitions);
    const disturbed = troubles !== this.#process.troubles || this.#process.isDisturbed;
    for (const revoking of began) this.#oracle.holdings.revoked(revoking, disturbed);
    this.#forget(going);
  }

  lost(partitions: readonly TopicPartition[]): void {
    const gone = this.#find(partitions);
    for (const holding of gone) this.#oracle.holdings.over(holding, 'lost');
    this.#forget(gone);
    this.#listener.lost(partitions);
  }

  async records(batch: RecordBatch): Promise<void> {
    const holding = this.#held.get(partitionName(batch));
    if (!holding) return;
    this.#oracle.delivers(holding, batch);
    const records = batch.records.map((record) => tagged(record, holding.id));
    await this.#listener.records({ ...batch, records });
    if (this.#process.takeDoubleDelivery() && holding.state === 'held' && !holding.paused) {
      this.#oracle.trace.add(`delivered twice: ${partitionName(batch)} up to ${batch.nextOffset}`);
      await this.#listener.records({ ...batch, records });
    }
  }

  outOfRange(partition: AssignedPartition, position: number): void {
    this.#oracle.trace.broken('out of range', `${partitionName(partition)} at ${position}`);
    this.#listener.outOfRange(partition, position);
  }

  status(status: Parameters<ConsumeListener['status']>[0]): void {
    this.#oracle.trace.add(`${this.#process.name} ${this.#options.group} is ${status.kind}`);
    this.#listener.status(status);
  }

  #find(partitions: readonly TopicPartition[]): Holding[] {
    return partitions.flatMap((partition) => this.#held.get(partitionName(partition)) ?? []);
  }

  #forget(holdings: readonly Holding[]): void {
    for (const holding of holdings) {
      if (this.#held.get(partitionName(holding)) === holding) this.#held.delete(partitionName(holding));
    }
  }
}
