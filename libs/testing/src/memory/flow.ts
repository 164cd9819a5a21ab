import type { AssignedPartition, RecordBatch, Timer, TopicPartition } from '@tramline/core';
import { errorOf } from './faults.js';
import type { Link } from './link.js';
import type { BrokerCore } from './broker-core.js';
import type { PartitionLog } from './partition-log.js';

/** What a flow tells its membership. */
export interface FlowListener {
  readonly group: string;
  deliver(batch: RecordBatch): void | Promise<void>;
  outOfRange(partition: AssignedPartition, position: number): void;
  /** A fetch failed; it is tried again by itself. */
  fetchFailed(error: Error): void;
  fetchMended(): void;
  /** The listener broke its contract by throwing. */
  broke(error: unknown): void;
}

/** After a failed fetch, as a client library would wait. */
const FETCH_RETRY_MS = 100;

/**
 * The delivery of one held partition: *waiting* (for `start`), *flowing*, *paused*, *out of range*, *stopped*.
 * At most one delivery is under way; the next begins on a later turn after the last one's promise resolved.
 */
export class Flow {
  readonly partition: TopicPartition;
  #position: number | undefined;
  #paused = false;
  #busy = false;
  #outOfRange = false;
  #stopped = false;
  #failing = false;
  /** Poked while a step was under way, which may have looked too early. */
  #pokedMeanwhile = false;
  #next: Timer | undefined;
  readonly #unsubscribe: () => void;

  constructor(
    readonly assigned: AssignedPartition,
    readonly link: Link,
    readonly broker: BrokerCore,
    readonly listener: FlowListener,
  ) {
    this.partition = { topic: assigned.topic, partition: assigned.partition };
    this.#unsubscribe = this.#log().onAppend(() => this.poke());
  }

  start(position: number): void {
    this.#position = position;
    this.poke();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.poke();
  }

  /** No delivery begins any more. */
  stop(): void {
    this.#stopped = true;
    this.#next?.cancel();
    this.#unsubscribe();
  }

  /** Something changed that may let it flow. */
  poke(afterMs = 0): void {
    if (this.#busy) this.#pokedMeanwhile = true;
    if (this.#busy || !this.#flowing) return;
    this.#busy = true;
    this.#pokedMeanwhile = false;
    this.#next = this.link.clock.setTimer(afterMs, () => void this.#step(), true);
  }

  get #flowing(): boolean {
    return (
      this.#position !== undefined && !this.#paused && !this.#outOfRange && !this.#stopped && !this.link.away
    );
  }

  async #step(): Promise<void> {
    let again: number | undefined;
    if (this.#flowing) {
      try {
        again = await this.#deliver(this.#position!);
      } catch (error) {
        this.listener.broke(error);
      }
    }
    this.#busy = false;
    if (again !== undefined) this.poke(again);
    else if (this.#pokedMeanwhile) this.poke();
  }

  /** @returns after how many milliseconds to go on; undefined: when there is something new */
  async #deliver(position: number): Promise<number | undefined> {
    const { clientId, broker } = this.link;
    const call = { operation: 'fetch', clientId, group: this.listener.group, ...this.partition } as const;
    const planted = broker.faults.take(call);
    if (planted?.kind === 'fail') {
      this.#failing = true;
      this.listener.fetchFailed(errorOf(planted.fault, call));
      return FETCH_RETRY_MS;
    }
    if (this.#failing) {
      this.#failing = false;
      this.listener.fetchMended();
    }
    if (!this.broker.cluster.hasTopic(this.partition.topic)) return undefined;
    const log = this.#log();
    if (position < log.earliest || position > log.end) {
      this.#outOfRange = true;
      this.listener.outOfRange({ ...this.assigned, earliest: log.earliest, end: log.end }, position);
      return undefined;
    }
    const { records, nextOffset } = log.slice(position, this.broker.batchSize);
    if (nextOffset === position) return undefined;
    this.#position = nextOffset;
    await this.listener.deliver({ ...this.partition, records, nextOffset });
    return 0;
  }

  #log(): PartitionLog {
    return this.broker.cluster.partition(this.partition);
  }
}
