import { within, type Clock } from '../time/clock.js';
import type { OutgoingRecord, TopicPartition } from './records.js';
import { partitionName } from './records.js';
import { TransportError } from './transport-error.js';
import type {
  Appended,
  ConsumeOptions,
  ConsumeListener,
  Membership,
  ReadRange,
  Transport,
} from './transport.js';

/**
 * A transport that several may append through: a transport bears one append per partition at a time, and where there is an
 * outbox both the bus and the relay append to the topics of events. Who comes while another's append is under way waits
 * behind it, as part of its own time.
 */
export class SerialTransport implements Transport {
  /** By partition: settles when nothing that was asked for so far is under way. */
  private readonly tails = new Map<string, Promise<unknown>>();

  constructor(
    private readonly inner: Transport,
    private readonly clock: Clock,
  ) {}

  get name() {
    return this.inner.name;
  }

  get capabilities() {
    return this.inner.capabilities;
  }

  get topics() {
    return this.inner.topics;
  }

  get groups() {
    return this.inner.groups;
  }

  append(
    target: TopicPartition,
    records: readonly OutgoingRecord[],
    options: { readonly timeoutMs: number },
  ): Promise<Appended> {
    const name = partitionName(target);
    const before = this.tails.get(name);
    const mine = before
      ? this.appendAfter(before, target, records, options.timeoutMs)
      : this.inner.append(target, records, options);
    const tail: Promise<unknown> = Promise.allSettled([before, mine]).then(() => {
      if (this.tails.get(name) === tail) this.tails.delete(name);
    });
    this.tails.set(name, tail);
    return mine;
  }

  partitionCount(topic: string): Promise<number> {
    return this.inner.partitionCount(topic);
  }

  consume(options: ConsumeOptions, listener: ConsumeListener): Membership {
    return this.inner.consume(options, listener);
  }

  read(range: ReadRange) {
    return this.inner.read(range);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private async appendAfter(
    before: Promise<unknown>,
    target: TopicPartition,
    records: readonly OutgoingRecord[],
    timeoutMs: number,
  ): Promise<Appended> {
    const begun = this.clock.monotonic();
    await within(this.clock, timeoutMs, before);
    const left = timeoutMs - (this.clock.monotonic() - begun);
    if (left > 0) return this.inner.append(target, records, { timeoutMs: left });
    throw new TransportError(
      'TRAMLINE_AWAY',
      `${partitionName(target)} did not take what was appended before within ${timeoutMs} ms.`,
    );
  }
}
