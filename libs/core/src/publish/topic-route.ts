import { asError } from '../errors.js';
import { Backoff } from './backoff.js';
import { PartitionLane, type LanePorts } from './partition-lane.js';
import type { Partitioner } from './partitioner.js';
import type { PendingEvent } from './pending-event.js';
import { failureOf } from './publish-error.js';

/** How old the number of partitions may be; the transport's own cache may add a minute. */
const COUNT_LIFE_MS = 10_000;

/** What every topic of a publisher works with. */
export interface RoutePorts extends LanePorts {
  readonly partitioner: Partitioner;
  /** Called before a topic is used for the first time, and again after the broker lost it: makes or checks it. */
  readonly prepareTopic: (topic: string) => Promise<void>;
}

/**
 * The way of events into one topic: chooses the partition and hands over to its lane. Until the number of partitions is known
 * events are held in the order of the calls; afterwards it is refreshed beside them, so that nobody waits.
 */
export class TopicRoute {
  private partitions = 0;
  private askedAt = -Infinity;
  private asking = false;
  private prepared = false;
  private held: PendingEvent[] = [];
  private readonly lanes: PartitionLane[] = [];
  private turn: number;
  private lastError: Error | undefined;
  private readonly backoff: Backoff;

  constructor(
    private readonly topic: string,
    private readonly ports: RoutePorts,
  ) {
    this.backoff = new Backoff(ports.clock, ports.random);
    // Many processes that publish a little each must not all begin with partition 0.
    this.turn = Math.floor(ports.random.next() * 0x10000);
  }

  push(event: PendingEvent): void {
    if (this.partitions === 0) this.held.push(event);
    else this.place(event);
    const fresh = this.partitions > 0 && event.draft.startedAt - this.askedAt < COUNT_LIFE_MS;
    if (fresh || this.asking) return;
    this.asking = true;
    void this.ask();
  }

  /** The broker no longer knows the topic: the next event asks again, and has it made again where that is wanted. */
  forget(): void {
    this.partitions = 0;
    this.prepared = false;
  }

  /** As {@link PartitionLane.expire}. */
  expire(now: number): number {
    const expired = this.held.findIndex((event) => event.deadline > now);
    for (const event of this.held.splice(0, expired < 0 ? this.held.length : expired)) {
      this.ports.ledger.release([event]);
      const why = this.lastError
        ? `the last error was: ${this.lastError.message}`
        : 'the broker did not answer';
      const reason = `the topic's partitions were not known within ${this.ports.timeoutMs} ms (publisher.timeout); ${why}`;
      event.fail('TRAMLINE_PUBLISH_TIMEOUT', 'not-written', reason, this.lastError);
    }
    let next = this.held[0]?.deadline ?? Infinity;
    for (const lane of this.lanes) if (lane) next = Math.min(next, lane.expire(now));
    return next;
  }

  abandon(): void {
    for (const event of this.release()) {
      event.fail(
        'TRAMLINE_CLOSED',
        'not-written',
        'the bus was closed before the topic was found',
        this.lastError,
      );
    }
    this.backoff.end();
    for (const lane of this.lanes) lane?.abandon();
  }

  /** Never rejects. Tries again as long as events are held for the answer. */
  private async ask(): Promise<void> {
    do {
      try {
        if (!this.prepared) await this.ports.prepareTopic(this.topic);
        this.prepared = true;
        this.partitions = await this.ports.transport.partitionCount(this.topic);
        this.lastError = undefined;
        this.backoff.reset();
      } catch (thrown) {
        this.lastError = asError(thrown);
        const { code, retriable } = failureOf(this.lastError);
        if (!retriable)
          for (const event of this.release())
            event.fail(code, 'not-written', this.lastError.message, this.lastError);
        if (this.held.length > 0) await this.backoff.wait(this.ports.timeoutMs);
      }
      if (this.partitions > 0) for (const event of this.held.splice(0)) this.place(event);
    } while (this.held.length > 0);
    this.askedAt = this.ports.clock.monotonic();
    this.asking = false;
  }

  private place(event: PendingEvent): void {
    const { key } = event.draft.record;
    let partition = event.draft.partition;
    try {
      partition ??= key
        ? this.ports.partitioner(key, this.partitions, this.topic)
        : this.turn++ % this.partitions;
    } catch (thrown) {
      return this.misplaced(event, 'the partitioner threw', asError(thrown));
    }
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions) {
      const chooser = event.draft.partition === undefined ? 'publisher.partitioner chose' : 'the call named';
      const fix = `the topic has partitions 0 to ${this.partitions - 1}`;
      return this.misplaced(event, `${chooser} partition ${String(partition)}, but ${fix}`);
    }
    (this.lanes[partition] ??= new PartitionLane({ topic: this.topic, partition }, this.ports)).push(event);
  }

  private misplaced(event: PendingEvent, reason: string, cause?: Error): void {
    this.ports.ledger.release([event]);
    event.fail('TRAMLINE_PARTITION', 'not-written', reason, cause);
  }

  private release(): readonly PendingEvent[] {
    const events = this.held.splice(0);
    this.ports.ledger.release(events);
    return events;
  }
}
