import type { RecordHeaders } from '@tramline/core';

/**
 * Headers as one blob: per header the length of the name (u32), the name in UTF-8, the length of the value (i32, -1 for
 * null) and the value. Little-endian. No headers, no bytes.
 */

/** Names repeat from record to record; encoding each anew would cost more than all the copying. */
const encodedNames = new Map<string, Uint8Array>();
const MOST_NAMES = 10_000;

function encodeName(name: string): Uint8Array {
  let bytes = encodedNames.get(name);
  if (!bytes) {
    if (encodedNames.size >= MOST_NAMES) encodedNames.clear();
    bytes = Buffer.from(name, 'utf8');
    encodedNames.set(name, bytes);
  }
  return bytes;
}

export function headerBytes(headers: RecordHeaders): number {
  let bytes = 0;
  for (const [name, value] of headers) bytes += 8 + encodeName(name).byteLength + (value?.byteLength ?? 0);
  return bytes;
}

/** Writes the blob at `at` and answers where it ends. */
export function writeHeaders(into: Buffer, at: number, headers: RecordHeaders): number {
  for (const [name, value] of headers) {
    const encoded = encodeName(name);
    at = into.writeUInt32LE(encoded.byteLength, at);
    into.set(encoded, at);
    at = into.writeInt32LE(value ? value.byteLength : -1, at + encoded.byteLength);
    if (value) {
      into.set(value, at);
      at += value.byteLength;
    }
  }
  return at;
}

/** The values are views of `from`, not copies. */
export function readHeaders(from: Buffer, start: number, end: number): RecordHeaders {
  if (start === end) return NONE;
  const headers: [string, Uint8Array | null][] = [];
  for (let at = start; at < end;) {
    const nameEnd = at + 4 + from.readUInt32LE(at);
    const name = decodeName(from, at + 4, nameEnd, headers.length);
    const length = from.readInt32LE(nameEnd);
    at = nameEnd + 4;
    if (length < 0) {
      headers.push([name, null]);
    } else {
      headers.push([name, new Uint8Array(from.buffer, from.byteOffset + at, length)]);
      at += length;
    }
  }
  return headers;
}

const NONE: RecordHeaders = [];

/** The last name that was found in each place: nearly always the next record has the same there. */
const lastNames: { readonly bytes: Uint8Array; readonly name: string }[] = [];
const MOST_PLACES = 32;

function decodeName(from: Buffer, start: number, end: number, place: number): string {
  const last = lastNames[place];
  if (last && last.bytes.length === end - start && equalAt(from, start, last.bytes)) return last.name;
  const name = from.toString('utf8', start, end);
  if (place < MOST_PLACES)
    lastNames[place] = { bytes: Uint8Array.prototype.slice.call(from, start, end), name };
  return name;
}

/** A loop, since names are short and a native call costs more than the comparison. */
function equalAt(from: Buffer, start: number, bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) {
    if (from[start + index] !== bytes[index]) return false;
  }
  return true;
}
