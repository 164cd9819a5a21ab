import type { StoredRecord } from '../transport/records.js';
import type { Envelope } from './envelope.js';
import {
  CE_CAUSATIONID,
  CE_CORRELATIONID,
  CE_ID,
  CE_SOURCE,
  CE_SUBJECT,
  CE_TIME,
  CE_TYPE,
  CONTENT_TYPE,
  isEnvelopeHeader,
  TRACEPARENT,
  TRACESTATE,
} from './headers.js';
import { headerBytes, headerText, originOf } from './origin.js';
import { repeatedTextOf, strictTextOf, textOf } from './text.js';

/** What is known of a record that does not say it itself. `Naming` is one. */
export interface EnvelopeDefaults {
  /** The type of an event, from the topic it was published to. */
  typeOf(topic: string): string;
}

/**
 * The metadata of a record. Also records of foreign producers without our headers have some: the id is
 * `topic-partition-offset`, the type comes from the topic, the source is the topic, the time that of the record. A copy in a
 * retry tier or among the dead letters says where it came from, and is the same event as the first one.
 *
 * What comes back reads the headers when it is asked: it does not survive spreading (`{ ...envelope }`); `toJSON` gives a
 * plain copy.
 */
export function toEnvelope(record: StoredRecord, defaults: EnvelopeDefaults): Envelope {
  return new RecordEnvelope(record, defaults);
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Decodes what is asked for when it is asked for: most handlers look at a few fields, and decoding all of them would take
 * as long as everything else that happens to a record.
 */
class RecordEnvelope implements Envelope {
  private knownId: string | undefined;
  private knownType: string | undefined;
  private knownTime: Date | undefined;
  private knownKey: string | null | undefined;
  private knownHeaders: Readonly<Record<string, string>> | undefined;

  constructor(
    private readonly record: StoredRecord,
    private readonly defaults: EnvelopeDefaults,
  ) {}

  get id(): string {
    return (this.knownId ??= headerText(this.record, CE_ID) || this.originId());
  }

  get type(): string {
    return (this.knownType ??= this.typeText() || this.defaults.typeOf(originOf(this.record).topic));
  }

  get source(): string {
    return headerText(this.record, CE_SOURCE) || originOf(this.record).topic;
  }

  get time(): Date {
    return (this.knownTime ??= this.readTime());
  }

  get key(): string | null {
    if (this.knownKey === undefined) this.knownKey = this.record.key && strictTextOf(this.record.key);
    return this.knownKey;
  }

  get subject(): string | undefined {
    return headerText(this.record, CE_SUBJECT);
  }

  get correlationId(): string | undefined {
    return headerText(this.record, CE_CORRELATIONID);
  }

  get causationId(): string | undefined {
    return headerText(this.record, CE_CAUSATIONID);
  }

  get traceparent(): string | undefined {
    return headerText(this.record, TRACEPARENT);
  }

  get tracestate(): string | undefined {
    return headerText(this.record, TRACESTATE);
  }

  get contentType(): string | undefined {
    return headerText(this.record, CONTENT_TYPE);
  }

  get headers(): Readonly<Record<string, string>> {
    return (this.knownHeaders ??= this.readHeaders());
  }

  toJSON(): Envelope {
    const { id, type, source, time, key, subject, correlationId, causationId } = this;
    const { traceparent, tracestate, contentType, headers } = this;
    return {
      id,
      type,
      source,
      time,
      key,
      subject,
      correlationId,
      causationId,
      traceparent,
      tracestate,
      contentType,
      headers,
    };
  }

  private typeText(): string | undefined {
    const bytes = headerBytes(this.record, CE_TYPE);
    return bytes && repeatedTextOf(bytes);
  }

  private originId(): string {
    const { topic, partition, offset } = originOf(this.record);
    return `${topic}-${partition}-${offset}`;
  }

  private readTime(): Date {
    const text = headerText(this.record, CE_TIME);
    const time = text === undefined ? NaN : Date.parse(text);
    return new Date(Number.isNaN(time) ? originOf(this.record).timestamp : time);
  }

  private readHeaders(): Readonly<Record<string, string>> {
    let own: Record<string, string> | undefined;
    for (const [name, value] of this.record.headers) {
      if (value !== null && !isEnvelopeHeader(name)) (own ??= {})[name] = textOf(value);
    }
    return own ?? NO_HEADERS;
  }
}
