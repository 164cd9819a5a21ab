import { isUtf8 } from 'node:buffer';
import type { RecordHeaders } from '@tramline/core';

/** A header in the table: name and value; bytes that are no UTF-8 as `{ base64 }`. */
type Stored = readonly [name: string, value: string | null | { readonly base64: string }];

/** Headers as text, so that people can read them in the table: JSON pairs, in order, names may repeat. */
export function headersToText(headers: RecordHeaders): string {
  return JSON.stringify(headers.map(([name, value]): Stored => [name, value && textOf(value)]));
}

/** Names whose values are remembered, at most. */
const MOST_NAMES = 100;

/**
 * Reads the headers of a page's rows back. Most of them have the same type, source and version, and a third of what a relay
 * did was to collect the bytes that it had made of these: a pair that is that of the row before is the same object.
 * @returns a function that throws a SyntaxError when somebody has changed the text to something else
 */
export function headersReader(): (text: string) => RecordHeaders {
  const last = new Map<string, { readonly text: string; readonly pair: RecordHeaders[number] }>();
  const pairOf = (name: string, text: string): RecordHeaders[number] => {
    const before = last.get(name);
    if (before?.text === text) return before.pair;
    const pair = [name, Buffer.from(text, 'utf8')] as const;
    if (before || last.size < MOST_NAMES) last.set(name, { text, pair });
    return pair;
  };
  return (text) =>
    (JSON.parse(text) as Stored[]).map(([name, value]) =>
      typeof value === 'string' ? pairOf(name, value) : [name, value && Buffer.from(value.base64, 'base64')],
    );
}

function textOf(value: Uint8Array): string | { base64: string } {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') };
}
