import { isUtf8 } from 'node:buffer';
import type { RecordHeaders } from '@tramline/core';

/** A header in the table: name and value; bytes that are no UTF-8 as `{ base64 }`. */
type Stored = readonly [name: string, value: string | null | { readonly base64: string }];

/** Headers as text, so that people can read them in the table: JSON pairs, in order, names may repeat. */
export function headersToText(headers: RecordHeaders): string {
  return JSON.stringify(headers.map(([name, value]): Stored => [name, value && textOf(value)]));
}

/** @throws SyntaxError when somebody has changed the text to something else */
export function headersFromText(text: string): RecordHeaders {
  return (JSON.parse(text) as Stored[]).map(([name, value]) => [
    name,
    value === null ? null : bytesOf(value),
  ]);
}

function textOf(value: Uint8Array): string | { base64: string } {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') };
}

function bytesOf(value: string | { readonly base64: string }): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value.base64, 'base64');
}
