import { partitionName } from '@tramline/core';
import type {
  AssignedPartition,
  ConsumeListener,
  Membership,
  MembershipStatus,
  RecordBatch,
  StartPosition,
  StoredRecord,
  TopicPartition,
} from '@tramline/core';

/** What a case does inside the calls of its member. */
export interface MemberHooks {
  /** Where to start. Default: what was committed, else the earliest. */
  start?(partition: AssignedPartition): number;
  onAssigned?(partitions: readonly AssignedPartition[], member: RecordingMember): Promise<void>;
  onRevoked?(partitions: readonly TopicPartition[], member: RecordingMember): Promise<void>;
  onRecords?(batch: RecordBatch, member: RecordingMember): void | Promise<void>;
}

interface Position {
  next: number;
  started: boolean;
  busy: boolean;
  paused: boolean;
}

/**
 * A consumer that writes down what it is told and, whatever the case is about, checks the rules that hold for every call of
 * a listener. Broken rules are in `broken`; the suite looks at them when the case ends.
 */
export class RecordingMember implements ConsumeListener {
  readonly seen: StoredRecord[] = [];
  readonly assignments: (readonly AssignedPartition[])[] = [];
  readonly revocations: (readonly TopicPartition[])[] = [];
  readonly losses: (readonly TopicPartition[])[] = [];
  readonly gaps: { readonly partition: AssignedPartition; readonly position: number }[] = [];
  readonly statuses: MembershipStatus[] = [];
  readonly broken: string[] = [];
  readonly #held = new Map<string, Position>();
  readonly #hooks: MemberHooks;
  #membership: Membership | undefined;
  #changing = false;
  #closed = false;

  constructor(hooks: MemberHooks) {
    this.#hooks = hooks;
  }

  /** @param join - calls `consume` with this listener */
  join(join: (listener: ConsumeListener) => Membership): this {
    this.#membership = join(this);
    return this;
  }

  get membership(): Membership {
    if (!this.#membership) throw new Error('not joined yet');
    return this.#membership;
  }

  get held(): string[] {
    return [...this.#held.keys()].sort();
  }

  /** The offset after the last record that came of a partition, whoever held it meanwhile. */
  nextOf(target: TopicPartition): number | undefined {
    const last = this.seen.findLast((record) => partitionName(record) === partitionName(target));
    return last && last.offset + 1;
  }

  get joined(): boolean {
    return this.statuses.some((status) => status.kind === 'joined');
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.membership.pause(partitions);
    for (const name of partitions.map(partitionName)) this.#setPaused(name, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const name of partitions.map(partitionName)) this.#setPaused(name, false);
    this.membership.resume(partitions);
  }

  async close(): Promise<void> {
    await this.membership.close();
    this.#closed = true;
  }

  async assigned(partitions: readonly AssignedPartition[]): Promise<readonly StartPosition[]> {
    this.#begin('assigned');
    this.assignments.push(partitions);
    const starts = partitions.map((partition) => ({
      topic: partition.topic,
      partition: partition.partition,
      offset: this.#hooks.start?.(partition) ?? partition.committed?.offset ?? partition.earliest,
    }));
    for (const start of starts) {
      const name = partitionName(start);
      if (this.#held.has(name)) this.#break(`assigned ${name} while it is held`);
      this.#held.set(name, { next: start.offset, started: false, busy: false, paused: false });
    }
    try {
      await this.#hooks.onAssigned?.(partitions, this);
    } finally {
      this.#changing = false;
    }
    for (const start of starts) {
      const position = this.#held.get(partitionName(start));
      if (position) position.started = true;
    }
    return starts;
  }

  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    this.#begin('revoked');
    this.revocations.push(partitions);
    this.#letGo('revoked', partitions);
    try {
      await this.#hooks.onRevoked?.(partitions, this);
    } catch (error) {
      this.#break(`inside revoked: ${String(error)}`);
    }
    this.#changing = false;
  }

  lost(partitions: readonly TopicPartition[]): void {
    this.#told('lost');
    this.losses.push(partitions);
    this.#letGo('lost', partitions);
  }

  async records(batch: RecordBatch): Promise<void> {
    this.#told('records');
    const name = partitionName(batch);
    const position = this.#held.get(name);
    if (!position) return this.#break(`records of ${name}, which is not held`);
    if (!position.started) this.#break(`records of ${name} before assigned resolved`);
    if (position.paused) this.#break(`records of ${name} while it is paused`);
    if (position.busy) this.#break(`records of ${name} while the last batch is under way`);
    for (const record of batch.records) {
      if (partitionName(record) !== name)
        this.#break(`a record of ${partitionName(record)} in a batch of ${name}`);
      if (record.offset < position.next)
        this.#break(`offset ${record.offset} of ${name} after ${position.next - 1}`);
      position.next = record.offset + 1;
    }
    if (batch.nextOffset < position.next)
      this.#break(`nextOffset ${batch.nextOffset} of ${name} before ${position.next}`);
    position.next = batch.nextOffset;
    this.seen.push(...batch.records);
    position.busy = true;
    await this.#hooks.onRecords?.(batch, this);
    position.busy = false;
  }

  outOfRange(partition: AssignedPartition, position: number): void {
    this.#told('outOfRange');
    this.gaps.push({ partition, position });
  }

  status(status: MembershipStatus): void {
    this.#told('status');
    this.statuses.push(status);
  }

  #setPaused(name: string, paused: boolean): void {
    const position = this.#held.get(name);
    if (position) position.paused = paused;
  }

  #begin(what: string): void {
    this.#told(what);
    if (this.#changing) this.#break(`${what} while another assigned or revoked is under way`);
    this.#changing = true;
  }

  #letGo(what: string, partitions: readonly TopicPartition[]): void {
    for (const name of partitions.map(partitionName)) {
      if (!this.#held.delete(name)) this.#break(`${what} ${name}, which is not held`);
    }
  }

  #told(what: string): void {
    if (!this.#membership) this.#break(`${what} within the call of consume`);
    if (this.#closed) this.#break(`${what} after close`);
  }

  #break(rule: string): void {
    this.broken.push(rule);
  }
}
