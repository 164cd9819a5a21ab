const HIGH = 0x1_0000_0000;

/** Reads what `Writer` writes. @throws RangeError past the end */
export class Reader {
  /** How long the broker asks us to be quiet (KIP-219), milliseconds. */
  throttleMs = 0;
  private offset = 0;

  constructor(private readonly buffer: Buffer) {}

  get position(): number {
    return this.offset;
  }

  get left(): number {
    return this.buffer.length - this.offset;
  }

  /** The field that most answers carry. */
  throttle(): this {
    this.throttleMs = this.int32();
    return this;
  }

  int8(): number {
    const value = this.buffer.readInt8(this.offset);
    this.offset += 1;
    return value;
  }

  int16(): number {
    const value = this.buffer.readInt16BE(this.offset);
    this.offset += 2;
    return value;
  }

  int32(): number {
    const value = this.buffer.readInt32BE(this.offset);
    this.offset += 4;
    return value;
  }

  uint32(): number {
    const value = this.buffer.readUInt32BE(this.offset);
    this.offset += 4;
    return value;
  }

  int64(): number {
    const high = this.int32();
    return high * HIGH + this.uint32();
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  nullableString(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.raw(length).toString();
  }

  /** Null reads as empty. */
  bytes(): Buffer {
    return this.raw(Math.max(0, this.int32()));
  }

  /** Null reads as empty. */
  array<Item>(read: () => Item): Item[] {
    const items: Item[] = [];
    for (let left = this.int32(); left > 0; left--) items.push(read());
    return items;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return (value >>> 1) ^ -(value & 1);
    }
    return this.longVarint(value);
  }

  varintBytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.raw(length);
  }

  /** Unsigned varint, of the protocol's flexible encoding. */
  uvarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  /** Flexible encoding; null reads as empty. */
  compactString(): string {
    return this.raw(Math.max(0, this.uvarint() - 1)).toString();
  }

  /** Flexible encoding; null reads as empty. */
  compactArray<Item>(read: () => Item): Item[] {
    const items: Item[] = [];
    for (let left = this.uvarint() - 1; left > 0; left--) items.push(read());
    return items;
  }

  /** Flexible encoding: fields that newer versions add, none of which we know. */
  tags(): this {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint();
      this.skip(this.uvarint());
    }
    return this;
  }

  skip(bytes: number): this {
    this.offset += bytes;
    return this;
  }

  /** The next bytes, as a view. */
  raw(length: number): Buffer {
    const end = this.offset + length;
    if (end > this.buffer.length) throw new RangeError(`${length} bytes announced, ${this.left} are there`);
    const view = this.buffer.subarray(this.offset, end);
    this.offset = end;
    return view;
  }

  private byte(): number {
    const byte = this.buffer[this.offset++];
    if (byte === undefined) throw new RangeError('the record ends in the middle of a number');
    return byte;
  }

  /** The rest of a number that takes more than four bytes. */
  private longVarint(low: number): number {
    let value = BigInt(low);
    for (let shift = 28n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number((value >> 1n) ^ -(value & 1n));
    }
  }
}
