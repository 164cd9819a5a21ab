// Bad bytes become U+FFFD instead of an error: a foreign client's header must not stop a consumer.
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Bytes as text; what is not UTF-8 is replaced. */
export function textOf(bytes: Uint8Array): string {
  return lenient.decode(bytes);
}

/** Bytes as text; null when they are not UTF-8. */
export function strictTextOf(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** Text as bytes, in UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

/** Far more than a service has types, so that few share one. */
const SLOTS = 4_096;
/** Longer ones are not kept: anybody may write a header, and this stays in memory. */
const MOST_BYTES = 256;
const decoded = new Map<number, { readonly bytes: Uint8Array; readonly text: string }>();

/** As {@link textOf}, for bytes that come again and again, such as types: comparing costs a tenth of decoding (measured). */
export function repeatedTextOf(bytes: Uint8Array): string {
  if (bytes.length > MOST_BYTES) return textOf(bytes);
  const slot = hashOf(bytes) % SLOTS;
  const known = decoded.get(slot);
  if (known && areEqual(known.bytes, bytes)) return known.text;
  const text = textOf(bytes);
  // A copy: the bytes given are a view of a whole batch.
  decoded.set(slot, { bytes: new Uint8Array(bytes), text });
  return text;
}

function hashOf(bytes: Uint8Array): number {
  let hash = 0;
  for (let at = 0; at < bytes.length; at++) hash = (Math.imul(hash, 31) + bytes[at]!) >>> 0;
  return hash;
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
