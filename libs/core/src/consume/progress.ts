import { encodeOffsetMap, type OffsetRange } from './offset-map.js';

/** One record that was taken in. `left`: handlers that are not through with it yet. */
export interface Entry {
  readonly offset: number;
  readonly bytes: number;
  left: number;
}

/**
 * What is done of one partition.
 *
 * Entries lie in order of offset from the first one that is not done (the watermark) to the newest taken in. Done entries at
 * the front are dropped; done ones further up stay until those below are done, and go into the offset map meanwhile. Offsets
 * that never came (compaction, transactions) count as done. Ranges that an earlier owner had finished are known from its
 * offset map and are refused by `take`.
 */
export class Progress {
  private entries: Entry[] = [];
  private head = 0;
  private known: OffsetRange[];
  private next: number;
  /** Bytes of the entries that are not done. */
  openBytes = 0;
  /** Entries that are not done. */
  openCount = 0;

  /** @param start - where delivery begins; @param known - finished ranges above it, ascending */
  constructor(start: number, known: readonly OffsetRange[]) {
    this.next = start;
    this.known = [...known];
  }

  /** The lowest offset that is not done: what may be committed. */
  get watermark(): number {
    return this.entries[this.head]?.offset ?? this.next;
  }

  /** One past the newest offset that was taken in. */
  get taken(): number {
    return this.next;
  }

  /** Entries from the watermark up, done ones included: what the window bounds. */
  get span(): number {
    return this.entries.length - this.head;
  }

  /** Takes a record in; undefined when an earlier owner finished it. `left` is how many handlers have to end it. */
  take(offset: number, bytes: number): Entry | undefined {
    // Passed already: in a known range that the watermark jumped over, or delivered twice by the transport.
    if (offset < this.next) return undefined;
    this.next = offset + 1;
    if (this.wasFinished(offset)) {
      this.advance(offset + 1);
      return undefined;
    }
    const entry: Entry = { offset, bytes, left: 1 };
    this.entries.push(entry);
    this.openBytes += bytes;
    this.openCount++;
    return entry;
  }

  /** Everything below `offset` was delivered or does not exist. */
  advance(offset: number): void {
    if (offset > this.next) this.next = offset;
    // With nothing open, a known range that begins at the watermark is passed in one step; no record of it need come again.
    while (this.head === this.entries.length && this.known.length > 0 && this.known[0]!.from <= this.next) {
      this.next = Math.max(this.next, this.known.shift()!.to);
    }
  }

  /** One handler is through with the entry. Answers whether that was the last one. */
  end(entry: Entry): boolean {
    if (--entry.left > 0) return false;
    this.openBytes -= entry.bytes;
    this.openCount--;
    while (this.head < this.entries.length && this.entries[this.head]!.left <= 0) this.head++;
    if (this.head > 1024 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
    if (this.head === this.entries.length) this.advance(this.next);
    return true;
  }

  /** The finished offsets above the watermark as commit metadata of at most `limit` bytes. */
  metadata(limit: number): string {
    return encodeOffsetMap(this.watermark, this.finishedAbove(), limit);
  }

  private finishedAbove(): OffsetRange[] {
    const ranges: OffsetRange[] = [];
    const add = (from: number, to: number) => {
      const last = ranges.at(-1);
      if (last && last.to >= from) ranges[ranges.length - 1] = { from: last.from, to: Math.max(last.to, to) };
      else ranges.push({ from, to });
    };
    // Whatever is not an open entry is finished: done ones, and offsets that hold no record.
    let at = this.watermark;
    for (let index = this.head; index < this.entries.length; index++) {
      const entry = this.entries[index]!;
      if (entry.left <= 0) continue;
      if (entry.offset > at) add(at, entry.offset);
      at = entry.offset + 1;
    }
    if (this.next > at) add(at, this.next);
    // Finished by an earlier owner and not fetched again yet.
    for (const { from, to } of this.known) if (to > this.next) add(Math.max(from, this.next), to);
    return ranges;
  }

  private wasFinished(offset: number): boolean {
    while (this.known.length > 0 && this.known[0]!.to <= offset) this.known.shift();
    return this.known.length > 0 && this.known[0]!.from <= offset;
  }
}
