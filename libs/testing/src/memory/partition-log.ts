import type { OutgoingRecord, StoredRecord } from '@tramline/core';

/** A stretch of a log, as a reader gets it. `nextOffset` lies past gaps that compaction left. */
export interface LogSlice {
  readonly records: readonly StoredRecord[];
  readonly nextOffset: number;
}

/**
 * One partition's records in order of offset, perhaps with gaps. Bytes are copied on the way in and on the way out, as a
 * wire would: nobody who changes a buffer changes the log.
 */
export class PartitionLog {
  #records: StoredRecord[] = [];
  #earliest = 0;
  #end = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  get earliest(): number {
    return this.#earliest;
  }

  get end(): number {
    return this.#end;
  }

  append(records: readonly OutgoingRecord[], timestamp: number): number {
    const baseOffset = this.#end;
    for (const { key, value, headers, timestamp: own } of records) {
      const { topic, partition } = this;
      const record = {
        topic,
        partition,
        offset: this.#end++,
        timestamp: own ?? timestamp,
        key,
        value,
        headers,
      };
      this.#records.push(copy(record));
    }
    for (const wake of this.#waiting) wake();
    return baseOffset;
  }

  /** At most `limit` records from `from` up to but not including `to`. */
  slice(from: number, limit: number, to = this.#end): LogSlice {
    const start = this.#placeOf(from);
    const records: StoredRecord[] = [];
    for (let place = start; place < this.#records.length && records.length < limit; place++) {
      const record = this.#records[place]!;
      if (record.offset >= to) break;
      records.push(copy(record));
    }
    const after = this.#records[start + records.length];
    const more = records.length === limit && after !== undefined && after.offset < to;
    return { records, nextOffset: more ? records.at(-1)!.offset + 1 : Math.max(from, to) };
  }

  /** The records from `offset` on, not copied: only to be looked at. */
  since(offset: number): readonly StoredRecord[] {
    return this.#records.slice(this.#placeOf(offset));
  }

  /** The first offset whose timestamp is at or after `timestamp`, the end offset when there is none. */
  offsetAt(timestamp: number): number {
    return this.#records.find((record) => record.timestamp >= timestamp)?.offset ?? this.#end;
  }

  /** Like a broker's retention, from the front only: a young record keeps older ones behind it. */
  deleteOlderThan(timestamp: number): void {
    const kept = this.#records.find((record) => record.timestamp >= timestamp);
    this.deleteBefore(kept?.offset ?? this.#end);
  }

  /** Lets go of all records before `offset`. */
  deleteBefore(offset: number): void {
    if (offset <= this.#earliest) return;
    this.#earliest = Math.min(offset, this.#end);
    this.#records.splice(0, this.#placeOf(this.#earliest));
  }

  /** Keeps the newest record of each key; a record without a key stays. Offsets do not change, so gaps appear. */
  compact(): void {
    const newest = new Map<string, number>();
    for (const { key, offset } of this.#records) if (key) newest.set(keyText(key), offset);
    this.#records = this.#records.filter(({ key, offset }) => !key || newest.get(keyText(key)) === offset);
  }

  /** Calls `wake` after every append. @returns stops it */
  onAppend(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  /** Index of the first record at or after `offset`. */
  #placeOf(offset: number): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#records[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const keyText = (key: Uint8Array) => Buffer.from(key).toString('latin1');

function copy(record: StoredRecord): StoredRecord {
  return {
    ...record,
    key: bytes(record.key),
    value: bytes(record.value),
    headers: record.headers.map(([name, value]) => [name, bytes(value)] as const),
  };
}

/** A plain Uint8Array, also where a Buffer came in: what core sees must not depend on who wrote it. */
const bytes = (value: Uint8Array | null) => (value === null ? null : new Uint8Array(value));
