import type { RecordHeaders, StoredRecord, TopicPartition } from '@tramline/core';
import { Reader } from './reader.js';

/** Where the parts of a record lie in the bytes of its batch. A length of -1: null. */
interface Layout {
  readonly keyAt: number;
  readonly keyLength: number;
  readonly valueAt: number;
  readonly valueLength: number;
  readonly headersAt: number;
  readonly size: number;
}

/**
 * A record as it lies in its batch: key, value and headers are decoded when they are asked for. Most handlers look at the
 * value and at a header or two, and to decode all headers took as long as everything else on the way to a handler (measured).
 */
export class PackedRecord implements StoredRecord {
  readonly topic: string;
  readonly partition: number;
  private knownHeaders: RecordHeaders | undefined;
  private knownValue: Buffer | null | undefined;

  /** @param batch - the records of the batch, decompressed; what this record hands out are views of it */
  constructor(
    { topic, partition }: TopicPartition,
    readonly offset: number,
    readonly timestamp: number,
    private readonly batch: Buffer,
    private readonly layout: Layout,
  ) {
    this.topic = topic;
    this.partition = partition;
  }

  get bytes(): number {
    return this.layout.size;
  }

  get key(): Buffer | null {
    return this.view(this.layout.keyAt, this.layout.keyLength);
  }

  get value(): Buffer | null {
    if (this.knownValue === undefined) {
      this.knownValue = this.view(this.layout.valueAt, this.layout.valueLength);
    }
    return this.knownValue;
  }

  get headers(): RecordHeaders {
    return (this.knownHeaders ??= this.readHeaders());
  }

  header(name: string): Buffer | undefined {
    const reader = new Reader(this.batch).skip(this.layout.headersAt);
    let at = 0;
    let length = -1;
    for (let left = reader.varint(); left > 0; left--) {
      const nameLength = Math.max(0, reader.varint());
      const isAsked = nameLength === name.length && holdsAscii(this.batch, reader.position, name);
      const valueLength = reader.skip(nameLength).varint();
      if (isAsked && valueLength >= 0) {
        at = reader.position;
        length = valueLength;
      }
      reader.skip(Math.max(0, valueLength));
    }
    return this.view(at, length) ?? undefined;
  }

  private readHeaders(): RecordHeaders {
    const reader = new Reader(this.batch).skip(this.layout.headersAt);
    const headers: [string, Buffer | null][] = [];
    for (let left = reader.varint(); left > 0; left--) {
      headers.push([reader.varintBytes()?.toString() ?? '', reader.varintBytes()]);
    }
    return headers;
  }

  private view(at: number, length: number): Buffer | null {
    return length < 0 ? null : this.batch.subarray(at, at + length);
  }
}

/** Walks over the parts of a record, so that later none of them can prove broken. @throws RangeError */
export function layoutOf(reader: Reader): Layout {
  const keyLength = reader.varint();
  const keyAt = reader.position;
  const valueLength = reader.skip(Math.max(0, keyLength)).varint();
  const valueAt = reader.position;
  const headersAt = reader.skip(Math.max(0, valueLength)).position;
  let size = Math.max(0, keyLength) + Math.max(0, valueLength);
  // Names and values of headers, in turn.
  for (let left = reader.varint() * 2; left > 0; left--) {
    const length = Math.max(0, reader.varint());
    size += length;
    reader.skip(length);
  }
  return { keyAt, keyLength, valueAt, valueLength, headersAt, size };
}

function holdsAscii(bytes: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
