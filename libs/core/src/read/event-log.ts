import { PayloadReader } from '../consume/incoming.js';
import type { Contract, EventOf, EventRef } from '../contract/contract.js';
import type { ContractRegistry } from '../contract/contract-registry.js';
import { PayloadError } from '../contract/payload-error.js';
import type { Validation } from '../contract/validation.js';
import type { Codec } from '../envelope/codec.js';
import type { Envelope } from '../envelope/envelope.js';
import { toEnvelope } from '../envelope/to-envelope.js';
import { ConfigurationError } from '../errors.js';
import type { Naming } from '../naming.js';
import { partitionName, type StoredRecord } from '../transport/records.js';
import type { Transport } from '../transport/transport.js';
import { mergedRecords } from './merged-records.js';
import { isOfPast, stretchesOfPast } from './past.js';

/** Which part of the past to read. Times are those of writing, not of happening. */
export interface ReadOptions {
  /** The first event is the oldest that exists, or the first written at or after this time. Default `earliest`. */
  readonly from?: 'earliest' | Date;
  /** Only events written before this time. Default: everything that lies in the log when reading begins. */
  readonly to?: Date;
  /** Only events with this key. */
  readonly key?: string;
  /** Ends the reading with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** An event of the past and where it lies. */
export interface LoggedEvent<T> {
  readonly event: T;
  readonly envelope: Envelope;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** When it was written, milliseconds since 1970. */
  readonly timestamp: number;
}

/** What an {@link EventLog} is made of. `Tramline` puts it together. */
export interface EventLogParts {
  readonly transport: Transport;
  readonly contracts: ContractRegistry;
  readonly naming: Naming;
  readonly validation: Validation;
  readonly codec: Codec;
}

/** Reads the past: for projections, replays and questions. Belongs to no group, moves no position. */
export class EventLog {
  private readonly payloads: PayloadReader;

  constructor(private readonly parts: EventLogParts) {
    this.payloads = new PayloadReader(parts.codec, parts.validation);
  }

  /**
   * The events of one kind, of all partitions, merged by time of writing; those of one partition (so of one key) in their
   * order. Ends at what was the end of the log when it began: events that come meanwhile are not waited for. Memory is
   * bounded by one batch of the transport per partition. Leaving the loop early lets go of everything.
   * @throws PayloadError for an event that breaks its contract or cannot be decoded, TransportError, ConfigurationError for
   *   options that are not valid
   */
  async *read<const R extends EventRef>(
    ref: R,
    options: ReadOptions = {},
  ): AsyncGenerator<LoggedEvent<EventOf<R>>, void, undefined> {
    checkOptions(options);
    const contract = this.parts.contracts.resolveForHandling(ref);
    const topic = this.parts.naming.topic(contract.topic);
    const past = await stretchesOfPast(this.parts.transport, topic, options);
    const stretches = past.filter((stretch) => stretch.from < stretch.to);
    const records = mergedRecords(
      this.parts.transport,
      stretches,
      this.filter(contract, options),
      options.signal,
    );
    for await (const record of records) yield this.logged(record, contract) as LoggedEvent<EventOf<R>>;
  }

  private filter({ type }: Contract, options: ReadOptions): (record: StoredRecord) => boolean {
    const isWanted = isOfPast(options);
    return (record) => isWanted(record) && toEnvelope(record, this.parts.naming).type === type;
  }

  private logged(record: StoredRecord, contract: Contract): LoggedEvent<unknown> {
    const { topic, partition, offset, timestamp } = record;
    const event = this.payload(record, contract);
    return { event, envelope: toEnvelope(record, this.parts.naming), topic, partition, offset, timestamp };
  }

  private payload(record: StoredRecord, contract: Contract): unknown {
    try {
      return this.parts.validation.incoming(contract, this.payloads.decode(contract.type, record.value));
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      const place = `at ${partitionName(record)}, offset ${record.offset}`;
      const faults = error.faults.map(({ path, message }) => ({ path, message: `${message} (${place})` }));
      throw new PayloadError(error.eventType, faults, { cause: error });
    }
  }
}

function checkOptions({ from, to, key }: ReadOptions): void {
  const faults: string[] = [];
  const isDate = (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime());
  if (from !== undefined && from !== 'earliest' && !isDate(from))
    faults.push(`read: 'from' must be 'earliest' or a valid Date`);
  if (to !== undefined && !isDate(to))
    faults.push(`read: 'to' must be a valid Date; leave it out for all there is`);
  if (key !== undefined && typeof key !== 'string') faults.push(`read: 'key' must be a text`);
  if (faults.length > 0) throw new ConfigurationError(faults);
}
