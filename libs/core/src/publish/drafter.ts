import type { Contract } from '../contract/contract.js';
import { PayloadError } from '../contract/payload-error.js';
import type { Validation } from '../contract/validation.js';
import { EventContext } from '../consume/event-context.js';
import type { Codec } from '../envelope/codec.js';
import type { Envelope } from '../envelope/envelope.js';
import { EventIds } from '../envelope/event-id.js';
import { toRecord } from '../envelope/to-record.js';
import type { Naming } from '../naming.js';
import type { Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';
import { recordBytes } from '../transport/records.js';
import { keyOf } from './key-of.js';
import { publishError, type Draft } from './pending-event.js';
import { publishOptionFaults } from './publish-option-faults.js';
import type { PublishOptions } from './receipt.js';
import { activeTrace } from './trace.js';

/** What a {@link Drafter} works with. */
export interface DrafterPorts {
  /** CloudEvents `source`. */
  readonly service: string;
  readonly naming: Naming;
  readonly validation: Validation;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxEventBytes: number;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Makes records of payloads: everything that can be wrong with one event by itself is found here, before it meets others in a
 * batch.
 */
export class Drafter {
  private readonly ids: EventIds;

  constructor(private readonly ports: DrafterPorts) {
    this.ids = new EventIds(ports.clock, ports.random);
  }

  /** @throws PayloadError, PublishError */
  draft(contract: Contract, payload: unknown, options: PublishOptions = {}): Draft {
    const { clock, maxEventBytes, naming } = this.ports;
    const { type } = contract;
    const topic = naming.topic(contract.topic);
    const id = options.id ?? this.ids.next();
    const faults = publishOptionFaults(options);
    if (faults) throw publishError({ id, type, topic }, 'TRAMLINE_PUBLISH_OPTIONS', 'not-written', faults);
    const { key, record } = this.encode(contract, payload, id, options);
    const bytes = recordBytes(record);
    if (bytes > maxEventBytes) {
      const reason = `it takes ${bytes} bytes with key and headers, more than ${maxEventBytes} (publisher.maxEventBytes). Put large content elsewhere and publish where it lies`;
      throw publishError({ id, type, topic }, 'TRAMLINE_RECORD_TOO_LARGE', 'not-written', reason);
    }
    return {
      id,
      type,
      key,
      topic,
      partition: options.partition,
      record,
      bytes,
      startedAt: clock.monotonic(),
    };
  }

  /** @throws PayloadError that knows the event's id */
  private encode(contract: Contract, payload: unknown, id: string, options: PublishOptions) {
    const { codec, validation } = this.ports;
    try {
      const outgoing = validation.outgoing(contract, payload);
      // What a schema normalised (a trimmed, lower-cased e-mail) must key as it is sent; an instance has getters that its
      // plain form lacks.
      const key =
        options.key === undefined ? keyOf(contract, contract.schema ? outgoing : payload) : options.key;
      const value = codec.encode(outgoing, contract.type);
      return { key, record: toRecord(this.envelope(id, contract.type, key, options), value) };
    } catch (error) {
      if (error instanceof PayloadError) error.eventId = id;
      throw error;
    }
  }

  private envelope(id: string, type: string, key: string | null, options: PublishOptions): Envelope {
    const handled = EventContext.current();
    const trace = activeTrace() ?? handled;
    return {
      id,
      type,
      source: this.ports.service,
      time: options.time ?? new Date(this.ports.clock.now()),
      key,
      subject: options.subject,
      correlationId: options.correlationId ?? handled?.correlationId,
      causationId: options.causationId ?? handled?.eventId,
      traceparent: trace?.traceparent,
      tracestate: trace?.tracestate,
      contentType: this.ports.codec.contentType,
      headers: options.headers ?? NO_HEADERS,
    };
  }
}
