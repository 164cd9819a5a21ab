import type { OutgoingRecord } from '../transport/records.js';
import type { Envelope } from './envelope.js';
import {
  CE_CAUSATIONID,
  CE_CORRELATIONID,
  CE_ID,
  CE_PARTITIONKEY,
  CE_SOURCE,
  CE_SPECVERSION,
  CE_SUBJECT,
  CE_TIME,
  CE_TYPE,
  CONTENT_TYPE,
  TRACEPARENT,
  TRACESTATE,
} from './headers.js';
import { bytesOf, repeatedBytesOf } from './text.js';

type Header = readonly [name: string, value: Uint8Array];

const SPEC_VERSION: Header = [CE_SPECVERSION, bytesOf('1.0')];

/** An event as a record: CloudEvents 1.0, Kafka binding, binary mode. `value`: the encoded payload, and nothing else. */
export function toRecord(envelope: Envelope, value: Uint8Array): OutgoingRecord {
  const headers: Header[] = [
    SPEC_VERSION,
    [CE_ID, bytesOf(envelope.id)],
    [CE_TYPE, repeatedBytesOf(envelope.type)],
    [CE_SOURCE, repeatedBytesOf(envelope.source)],
    [CE_TIME, timeBytes(envelope.time)],
  ];
  const key = envelope.key === null ? null : bytesOf(envelope.key);
  if (key) headers.push([CE_PARTITIONKEY, key]);
  if (envelope.contentType !== undefined) headers.push([CONTENT_TYPE, repeatedBytesOf(envelope.contentType)]);
  push(headers, CE_SUBJECT, envelope.subject);
  push(headers, CE_CORRELATIONID, envelope.correlationId);
  push(headers, CE_CAUSATIONID, envelope.causationId);
  push(headers, TRACEPARENT, envelope.traceparent);
  push(headers, TRACESTATE, envelope.tracestate);
  for (const name in envelope.headers) push(headers, name, envelope.headers[name]);
  return { key, value, headers };
}

function push(headers: Header[], name: string, text: string | undefined): void {
  if (text !== undefined) headers.push([name, bytesOf(text)]);
}

let lastTime = NaN;
let lastTimeBytes = new Uint8Array(0);

/** Writing a time costs as much as all other headers together, and events of one millisecond come in crowds. */
function timeBytes(time: Date): Uint8Array {
  const ms = time.getTime();
  if (ms !== lastTime) {
    lastTimeBytes = new Uint8Array(bytesOf(time.toISOString()));
    lastTime = ms;
  }
  return lastTimeBytes;
}
