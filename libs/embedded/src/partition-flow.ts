import type { ConsumeListener, TopicPartition } from '@tramline/core';
import { asError } from '@tramline/core';
import type { Tail, Tails } from './tails.js';
import { unpackStored, type StoredBatch } from './wire/stored.js';

/** What arrived for a partition and was not delivered yet. */
type Arrival = { readonly batch: StoredBatch } | { readonly outOfRange: number };

/**
 * Delivers one partition to the listener, one batch at a time, while nothing forbids it: neither a pause, nor a session
 * that may be over (then the partition may belong to somebody else already). While one batch is handled the worker reads
 * the next.
 */
export class PartitionFlow {
  readonly #arrivals: Arrival[] = [];
  #tail: Tail | undefined;
  #paused = false;
  #delivering = false;
  #stopped = false;

  constructor(
    private readonly target: TopicPartition & { readonly id: number },
    private readonly listener: ConsumeListener,
    /** Asked before every batch. */
    private readonly mayDeliver: () => boolean,
    private readonly outOfRange: (position: number) => Promise<void>,
    private readonly onFault: (error: Error) => void,
  ) {}

  start(tails: Tails, from: number): void {
    this.#tail = tails.open(this.target.id, from, {
      batch: (batch) => this.#arrive({ batch }),
      outOfRange: (position) => this.#arrive({ outOfRange: position }),
    });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.kick();
  }

  /** No delivery begins after it returns. */
  stop(): void {
    this.#stopped = true;
    this.#arrivals.length = 0;
    this.#tail?.close();
  }

  /** Something that forbade delivery may be over. */
  kick(): void {
    // Not within the caller's turn: `resume` may be called from inside `records`.
    if (this.#arrivals.length > 0 && !this.#delivering) queueMicrotask(() => void this.#deliver());
  }

  #arrive(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    if (!this.#delivering) void this.#deliver();
  }

  async #deliver(): Promise<void> {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#arrivals.length > 0 && !this.#paused && !this.#stopped && this.mayDeliver()) {
        const arrival = this.#arrivals.shift()!;
        if ('outOfRange' in arrival) await this.outOfRange(arrival.outOfRange);
        else await this.#hand(arrival.batch);
      }
    } catch (error) {
      this.onFault(asError(error));
    } finally {
      this.#delivering = false;
    }
  }

  async #hand(batch: StoredBatch): Promise<void> {
    const { topic, partition } = this.target;
    const records = unpackStored(batch, this.target);
    await this.listener.records({ topic, partition, records, nextOffset: batch.nextOffset });
    if (!this.#stopped) this.#tail?.grant();
  }
}
