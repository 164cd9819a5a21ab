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
import { RepeatedHeaders, type Header } from './repeated-headers.js';
import { bytesOf } from './text.js';

const SPEC_VERSION: Header = [CE_SPECVERSION, bytesOf('1.0')];
const types = new RepeatedHeaders(CE_TYPE);
const sources = new RepeatedHeaders(CE_SOURCE);
const contentTypes = new RepeatedHeaders(CONTENT_TYPE);

/**
 * An event as a record: CloudEvents 1.0, Kafka binding, binary mode. `value`: the encoded payload, and nothing else. What
 * many events have in common comes first and is the same objects in each, so that a transport may write it only once.
 */
export function toRecord(envelope: Envelope, value: Uint8Array): OutgoingRecord {
  const headers: Header[] = [SPEC_VERSION, types.of(envelope.type), sources.of(envelope.source)];
  if (envelope.contentType !== undefined) headers.push(contentTypes.of(envelope.contentType));
  headers.push(timeHeader(envelope.time), [CE_ID, bytesOf(envelope.id)]);
  const key = envelope.key === null ? null : bytesOf(envelope.key);
  if (key) headers.push([CE_PARTITIONKEY, key]);
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
let lastTimeHeader: Header = [CE_TIME, new Uint8Array(0)];

/** Writing a time costs as much as all other headers together, and events of one millisecond come in crowds. */
function timeHeader(time: Date): Header {
  const ms = time.getTime();
  if (ms !== lastTime) {
    lastTimeHeader = [CE_TIME, new Uint8Array(bytesOf(time.toISOString()))];
    lastTime = ms;
  }
  return lastTimeHeader;
}
