import { asError, type ConsumeListener, type TopicPartition } from '@tramline/core';
import type { Fetched } from '../protocol/api/records.js';
import { Unpacking, type Unpacked } from '../reader/unpack.js';

/** What a flow asks of the consumer that it belongs to. */
export interface FlowPorts {
  readonly listener: ConsumeListener;
  /** Asked before every delivery: false while the partition may belong to somebody else already. */
  mayDeliver(): boolean;
  /** It can take more. */
  hungry(): void;
  failed(error: Error): void;
}

/**
 * One partition on its way to the listener. What was fetched waits here, packed, until it is taken bit by bit; a paused
 * partition keeps what it has, so that nothing is fetched twice. While the last bit is handled more is fetched.
 */
export class PartitionFlow {
  private waiting: Unpacking | undefined;
  private ready: Unpacked | undefined;
  private delivering = false;
  private stopped = false;
  /** A fetch for it is under way, or has to wait. */
  asked = false;
  paused = false;

  constructor(
    readonly target: TopicPartition,
    /** The next offset to fetch. */
    private next: number,
    /** Of the topic in which `next` was a position. */
    readonly topicId: string,
    private readonly ports: FlowPorts,
  ) {}

  get position(): number {
    return this.next;
  }

  get ended(): boolean {
    return this.stopped;
  }

  /** Whether a fetch should bring more of it. */
  get wantsMore(): boolean {
    return !this.stopped && !this.asked && !this.waiting;
  }

  /** No delivery begins after it returns. */
  stop(): void {
    this.stopped = true;
    this.waiting = undefined;
    this.ready = undefined;
  }

  /** Something that held deliveries back may be over. */
  kick(): void {
    // Not within the caller's turn: `resume` may be called from inside `records`.
    if (this.waiting ?? this.ready) queueMicrotask(() => void this.deliver());
  }

  arrived({ data, aborted }: Fetched): void {
    if (this.stopped || data.length === 0) return;
    try {
      const unpacking = new Unpacking(this.target, data, aborted, this.next);
      if (unpacking.done) return;
      this.waiting = unpacking;
    } catch (error) {
      return this.ports.failed(asError(error));
    }
    void this.deliver();
  }

  private async deliver(): Promise<void> {
    if (this.delivering) return;
    this.delivering = true;
    try {
      while (this.mayGoOn() && (await this.prepare())) {
        // Time passed since we were allowed to.
        if (!this.mayGoOn()) break;
        const { records, nextOffset } = this.ready!;
        this.ready = undefined;
        await this.ports.listener.records({ ...this.target, records, nextOffset });
      }
    } catch (error) {
      this.ports.failed(asError(error));
    } finally {
      this.delivering = false;
    }
  }

  private mayGoOn(): boolean {
    return !this.paused && !this.stopped && this.ports.mayDeliver();
  }

  /** Unpacks the next bit. Answers whether there is one. */
  private async prepare(): Promise<boolean> {
    if (this.ready) return true;
    const { waiting } = this;
    if (!waiting) return false;
    const unpacked = await waiting.next();
    if (this.stopped) return false;
    this.ready = unpacked;
    if (unpacked) this.next = unpacked.nextOffset;
    if (waiting.done) {
      this.waiting = undefined;
      this.ports.hungry();
    }
    return unpacked !== undefined;
  }
}
