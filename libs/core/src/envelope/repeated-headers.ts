import { bytesOf } from './text.js';

/** A header with a value. */
export type Header = readonly [name: string, value: Uint8Array];

/** Kept at most: they are few in any sane service, but somebody may make them of ids. */
const LIMIT = 1_000;

/** Headers of one name whose values come again and again, such as types and sources. They are shared: do not write. */
export class RepeatedHeaders {
  private readonly known = new Map<string, Header>();
  private lastText: string | undefined;
  private last: Header | undefined;

  constructor(private readonly name: string) {}

  of(text: string): Header {
    if (text === this.lastText) return this.last!;
    let header = this.known.get(text);
    if (!header) {
      if (this.known.size === LIMIT) this.known.clear();
      // A copy: what `bytesOf` gives is a view of much more.
      this.known.set(text, (header = [this.name, new Uint8Array(bytesOf(text))]));
    }
    this.lastText = text;
    this.last = header;
    return header;
  }
}
