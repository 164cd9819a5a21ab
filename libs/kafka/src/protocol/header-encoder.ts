import type { RecordHeaders } from '@tramline/core';
import { sizeOf, Writer } from './writer.js';

const NONE: RecordHeaders = [];

/** Names kept at most: they are few in any sane service, but anybody may make them up. */
const MOST_NAMES = 1_000;
const names = new Map<string, Uint8Array>();

/**
 * Writes the headers of one record after the other. Most of them are the same from record to record (type, source, content
 * type, and the time within a millisecond): those that are the very objects that the record before began with are copied in
 * one piece from where that record lies.
 */
export class HeaderEncoder {
  private headers = NONE;
  /** Where the first header of the last record was written. */
  private start = 0;
  /** Bytes of its headers up to and including each. */
  private readonly ends: number[] = [];
  /** Headers that this record has in common with the one before. */
  private shared = 0;

  /** Bytes that the headers of the next record take. */
  measure(headers: RecordHeaders): number {
    const { headers: last, ends } = this;
    const most = Math.min(headers.length, last.length);
    let shared = 0;
    while (shared < most && headers[shared] === last[shared]) shared++;
    let size = shared > 0 ? ends[shared - 1]! : 0;
    for (let at = shared; at < headers.length; at++) {
      const [name, value] = headers[at]!;
      size += nameBytes(name).length + sizeOf(value);
      ends[at] = size;
    }
    this.headers = headers;
    this.shared = shared;
    return size;
  }

  /** Writes what was measured last. */
  write(to: Writer): void {
    const { headers, shared, start } = this;
    this.start = to.size;
    if (shared > 0) to.again(start, this.ends[shared - 1]!);
    for (let at = shared; at < headers.length; at++) {
      const [name, value] = headers[at]!;
      to.raw(nameBytes(name)).varintBytes(value);
    }
  }
}

/** A name as it is written: looking it up costs a fraction of encoding it (measured). */
function nameBytes(name: string): Uint8Array {
  let bytes = names.get(name);
  if (!bytes) {
    if (names.size === MOST_NAMES) names.clear();
    const text = Buffer.from(name);
    // Plain bytes of its own: a view would keep the pool that it lies in.
    names.set(name, (bytes = new Uint8Array(new Writer(text.length + 5).varintBytes(text).take())));
  }
  return bytes;
}
