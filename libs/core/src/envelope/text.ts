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

const LIMIT = 1_000;
const repeated = new Map<string, Uint8Array>();

/** As {@link bytesOf}, for text that comes again and again, such as types and sources. The bytes are shared: do not write. */
export function repeatedBytesOf(text: string): Uint8Array {
  let bytes = repeated.get(text);
  if (!bytes) {
    if (repeated.size === LIMIT) repeated.clear();
    repeated.set(text, (bytes = bytesOf(text)));
  }
  return bytes;
}
