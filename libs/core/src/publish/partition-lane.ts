import { asError } from '../errors.js';
import type { Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';
import { partitionName, type TopicPartition } from '../transport/records.js';
import type { Appended, Transport } from '../transport/transport.js';
import { Backoff } from './backoff.js';
import { endOfTurn } from './end-of-turn.js';
import type { Ledger } from './ledger.js';
import type { PendingEvent } from './pending-event.js';
import { failureOf } from './publish-error.js';

/**
 * One flight at most. Beyond a few hundred records a larger one gains nothing; the bytes, with the record's frame, stay below
 * the batch that a Kafka broker accepts unless told otherwise (1,048,588).
 */
const FLIGHT_RECORDS = 2_000;
const FLIGHT_BYTES = 900_000;
const FRAME_BYTES = 48;
/** How long after its deadline an event in flight waits for the transport's own, more precise verdict. */
const VERDICT_MS = 1_000;

/** What every lane of a publisher works with. */
export interface LanePorts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly timeoutMs: number;
  /** The broker does not know the topic that was there before. */
  readonly onUnknownTopic: (topic: string) => void;
}

/**
 * The way of events into one partition: in the order of the calls, one flight (append) at a time.
 *
 * - *Idle*: nothing waits, nothing flies. The first event makes it gather.
 * - *Gathering*: until the current turn of the event loop ends, so that calls made together fly together.
 * - *Flying*: the flight's events are out of the queue; new ones wait. It ends with receipts, with errors, or with
 *   another try: not written: its events go back to the head of the queue, so that newcomers may join them; outcome unknown:
 *   the identical records fly again before anything else, since the broker may hold them already.
 * - *Backing off* before another try.
 *
 * Events behind a deadline are settled by `expire`, whatever the state; a flight they are part of goes on without them.
 */
export class PartitionLane {
  private waiting: PendingEvent[] = [];
  /** Index of the first event that waits: shifting the array for every flight would cost more than flying. */
  private head = 0;
  private flight: readonly PendingEvent[] = [];
  private running = false;
  private lastError: Error | undefined;
  private readonly backoff: Backoff;
  /** While a batch that was too large is divided: how many of its events are left, and how many may fly together. */
  private suspects = 0;
  private share = FLIGHT_RECORDS;

  constructor(
    private readonly target: TopicPartition,
    private readonly ports: LanePorts,
  ) {
    this.backoff = new Backoff(ports.clock, ports.random);
  }

  push(event: PendingEvent): void {
    this.waiting.push(event);
    if (this.running) return;
    this.running = true;
    void this.run();
  }

  /** Settles what has waited long enough at `now` (monotonic). @returns when to ask again; Infinity when nothing waits */
  expire(now: number): number {
    let expired = this.head;
    while (expired < this.waiting.length && this.waiting[expired]!.deadline <= now) expired++;
    for (const event of this.drop(expired - this.head)) this.timeOut(event, 'not-written');
    let next = this.waiting[this.head]?.deadline ?? Infinity;
    for (const event of this.flight) {
      if (event.settled) continue;
      if (event.deadline + VERDICT_MS <= now) this.timeOut(event, 'unknown');
      else next = Math.min(next, event.deadline + VERDICT_MS);
    }
    return next;
  }

  /** Settles everything, because the bus has waited long enough for it while closing. */
  abandon(): void {
    const reason =
      'the bus was closed before the broker took it. Give close() more time, or publish earlier.';
    for (const event of this.drop(this.waiting.length - this.head)) {
      event.fail('TRAMLINE_CLOSED', 'not-written', reason, this.lastError);
    }
    for (const event of this.flight) event.fail('TRAMLINE_CLOSED', 'unknown', reason, this.lastError);
    this.backoff.end();
  }

  /** Never rejects: whatever goes wrong is told to the events it concerns. */
  private async run(): Promise<void> {
    do {
      // Also between flights: callers that were just answered often publish again at once.
      await endOfTurn();
      this.load();
      if (this.flight.length > 0) await this.fly();
    } while (this.head < this.waiting.length);
    this.running = false;
  }

  private load(): void {
    let bytes = 0;
    let end = this.head;
    while (end < this.waiting.length && end - this.head < this.share) {
      bytes += this.waiting[end]!.draft.bytes + FRAME_BYTES;
      if (bytes > FLIGHT_BYTES && end > this.head) break;
      end++;
    }
    this.flight = this.take(end - this.head);
  }

  private async fly(): Promise<void> {
    const records = this.flight.map(({ draft }) => draft.record);
    let inDoubt = false;
    for (;;) {
      const left = this.timeLeft();
      if (left <= 0) return this.giveUp();
      try {
        return this.land(await this.ports.transport.append(this.target, records, { timeoutMs: left }));
      } catch (thrown) {
        const error = asError(thrown);
        const failure = failureOf(error);
        this.lastError = error;
        inDoubt ||= failure.outcome === 'unknown';
        if (inDoubt) for (const event of this.flight) event.inDoubt = true;
        if (failure.code === 'TRAMLINE_RECORD_TOO_LARGE' && !inDoubt) return this.divide(error);
        if (!failure.retriable) return this.refuse(error);
        if (!inDoubt) {
          this.putBack();
          return this.head < this.waiting.length ? await this.backoff.wait(this.ports.timeoutMs) : undefined;
        }
        await this.backoff.wait(this.timeLeft());
      }
    }
  }

  private land({ baseOffset, timestamp }: Appended): void {
    const { flight } = this;
    this.backoff.reset();
    this.lastError = undefined;
    if (this.suspects > 0) this.suspect(this.suspects - flight.length, this.share);
    this.end();
    for (let index = 0; index < flight.length; index++) {
      const event = flight[index]!;
      event.done(this.target.partition, baseOffset + index, event.draft.record.timestamp ?? timestamp);
    }
  }

  /** One record of the flight is too large for the broker: half of them flies alone, until the culprit is. */
  private divide(error: Error): void {
    if (this.flight.length === 1) {
      this.suspect(0);
      return this.refuse(error);
    }
    const { length } = this.flight;
    this.putBack();
    this.suspect(length, Math.ceil(length / 2));
  }

  private suspect(suspects: number, share = FLIGHT_RECORDS): void {
    this.suspects = Math.max(0, suspects);
    this.share = this.suspects > 0 ? share : FLIGHT_RECORDS;
  }

  private refuse(error: Error): void {
    const { code, outcome } = failureOf(error);
    const { flight } = this;
    this.end();
    for (const event of flight) event.fail(code, outcome, error.message, error);
    if (code === 'TRAMLINE_UNKNOWN_TOPIC') this.ports.onUnknownTopic(this.target.topic);
  }

  private giveUp(): void {
    const { flight } = this;
    this.end();
    for (const event of flight) this.timeOut(event, 'not-written');
  }

  private timeOut(event: PendingEvent, outcome: 'not-written' | 'unknown'): void {
    const { timeoutMs } = this.ports;
    const why = this.lastError
      ? `the last error was: ${this.lastError.message}`
      : 'the broker did not answer';
    event.fail(
      'TRAMLINE_PUBLISH_TIMEOUT',
      outcome,
      `${partitionName(this.target)} did not take it within ${timeoutMs} ms (publisher.timeout); ${why}`,
      this.lastError,
    );
  }

  /** Until the last of the flight that anybody still waits for gives up; 0 or less when nobody does. */
  private timeLeft(): number {
    const last = this.flight.findLast((event) => !event.settled);
    return last ? last.deadline - this.ports.clock.monotonic() : 0;
  }

  private end(): void {
    this.ports.ledger.release(this.flight);
    this.flight = [];
  }

  private putBack(): void {
    // Those that expired in flight were told so.
    const settled = this.flight.filter((event) => event.settled);
    this.ports.ledger.release(settled);
    this.waiting = [...this.flight.filter((event) => !event.settled), ...this.waiting.slice(this.head)];
    this.head = 0;
    this.flight = [];
  }

  private drop(count: number): readonly PendingEvent[] {
    const events = this.take(count);
    this.ports.ledger.release(events);
    return events;
  }

  private take(count: number): readonly PendingEvent[] {
    const events = this.waiting.slice(this.head, this.head + count);
    this.head += count;
    if (this.head === this.waiting.length) {
      this.waiting = [];
      this.head = 0;
    } else if (this.head > FLIGHT_RECORDS && this.head * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
    return events;
  }
}
