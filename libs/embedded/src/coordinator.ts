import type { AssignedPartition, ConsumeOptions } from '@tramline/core';
import { TransportError } from '@tramline/core';
import type { Tails } from './tails.js';
import type { Holding } from './wire/messages.js';
import type { WorkerLink } from './worker-link.js';

/** Who decides which partitions a membership has: the group in the log, or nobody (broadcast). */
export interface Coordinator {
  /** Tells the others that this member lives, and answers what it has. Joins, or joins again, when it is no member. */
  beat(): Promise<View>;
  /** Calls `changed` when another `beat` would answer something new. */
  watch(changed: () => void): void;
  /** Where partitions stand that are new here; those that are gone are left out. */
  positions(partitions: readonly number[]): Promise<(AssignedPartition & { readonly id: number })[]>;
  release(partitions: readonly number[]): Promise<void>;
  commit(entries: readonly Position[]): Promise<void>;
  leave(): Promise<void>;
}

export interface View {
  readonly holdings: readonly Holding[];
  /** Rises with every assignment. */
  readonly generation: number;
  readonly nextExpiryMs: number | null;
}

export interface Position {
  readonly id: number;
  readonly epoch: number;
  readonly offset: number;
  readonly metadata: string;
}

/** A member of a group, with its state in the log. */
export class GroupCoordinator implements Coordinator {
  #groupId: number | undefined;
  #version = -1;
  #changed: () => void = () => {};
  #unwatch = () => {};
  #left = false;

  constructor(
    private readonly link: WorkerLink,
    private readonly tails: Tails,
    private readonly memberId: string,
    private readonly options: ConsumeOptions,
  ) {}

  async beat(): Promise<View> {
    const { group, clientId, topics, sessionTimeoutMs: sessionMs } = this.options;
    const view = await this.link.call('heartbeat', {
      memberId: this.memberId,
      group,
      clientId,
      topics,
      sessionMs,
    });
    this.#version = view.version;
    if (this.#groupId === undefined && !this.#left) {
      this.#groupId = view.groupId;
      this.#watch(view.groupId);
    }
    return view;
  }

  watch(changed: () => void): void {
    this.#changed = changed;
  }

  async positions(partitions: readonly number[]): Promise<(AssignedPartition & { readonly id: number })[]> {
    return this.link.call('positions', this.#groupId ?? null, partitions);
  }

  async release(partitions: readonly number[]): Promise<void> {
    await this.link.call('release', this.memberId, partitions);
  }

  async commit(entries: readonly Position[]): Promise<void> {
    await this.link.call('commit', { memberId: this.memberId, groupId: this.#groupId ?? -1, entries });
  }

  async leave(): Promise<void> {
    this.#left = true;
    this.#unwatch();
    await this.link.call('leave', this.memberId);
  }

  #watch(groupId: number): void {
    const unwatchGroup = this.tails.watchGroup(groupId, (version) => {
      if (version > this.#version) this.#changed();
    });
    const unwatchTopics = this.tails.watchTopics(() => this.#changed());
    this.#unwatch = () => {
      unwatchGroup();
      unwatchTopics();
    };
  }
}

/** All partitions of all topics, for this member alone. */
export class BroadcastCoordinator implements Coordinator {
  #unwatch = () => {};

  constructor(
    private readonly link: WorkerLink,
    private readonly tails: Tails,
    private readonly options: ConsumeOptions,
  ) {}

  async beat(): Promise<View> {
    const holdings = await this.link.call('partitionsOf', this.options.topics);
    return { holdings, generation: 1, nextExpiryMs: null };
  }

  watch(changed: () => void): void {
    this.#unwatch = this.tails.watchTopics(changed);
  }

  async positions(partitions: readonly number[]): Promise<(AssignedPartition & { readonly id: number })[]> {
    return this.link.call('positions', null, partitions);
  }

  async release(): Promise<void> {}

  async commit(): Promise<void> {
    throw new TransportError(
      'TRAMLINE_REFUSED',
      'A broadcast membership has no group and remembers nothing; do not commit.',
    );
  }

  async leave(): Promise<void> {
    this.#unwatch();
  }
}
