const HIGH = 0x1_0000_0000;

/** Writes the primitive types of the Kafka protocol, big-endian, into a buffer that grows. */
export class Writer {
  private buffer: Buffer;
  private length = 0;

  /** @param size - bytes expected; a good guess spares copying */
  constructor(size = 256, buffer: Buffer = Buffer.allocUnsafe(size)) {
    this.buffer = buffer;
  }

  /** Writes over what is there. */
  static over(buffer: Buffer): Writer {
    return new Writer(buffer.length, buffer);
  }

  get size(): number {
    return this.length;
  }

  /** What was written, without a copy. */
  take(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  int8(value: number): this {
    this.room(1);
    this.length = this.buffer.writeInt8(value, this.length);
    return this;
  }

  int16(value: number): this {
    this.room(2);
    this.length = this.buffer.writeInt16BE(value, this.length);
    return this;
  }

  int32(value: number): this {
    this.room(4);
    this.length = this.buffer.writeInt32BE(value, this.length);
    return this;
  }

  uint32(value: number): this {
    this.room(4);
    this.length = this.buffer.writeUInt32BE(value, this.length);
    return this;
  }

  /** @param value - a safe integer; negative ones too */
  int64(value: number): this {
    this.room(8);
    this.buffer.writeInt32BE(Math.floor(value / HIGH), this.length);
    this.length = this.buffer.writeUInt32BE(value >>> 0, this.length + 4);
    return this;
  }

  bool(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.byteLength(value);
    this.int16(bytes);
    this.room(bytes);
    this.length += this.buffer.write(value, this.length);
    return this;
  }

  bytes(value: Uint8Array | null): this {
    if (value === null) return this.int32(-1);
    return this.int32(value.length).raw(value);
  }

  array<Item>(items: readonly Item[], write: (item: Item) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  /** Zigzag varint of up to 64 bits; `value` is a safe integer. */
  varint(value: number): this {
    if (value < -0x8000_0000 || value > 0x7fff_ffff) return this.varlong(BigInt(value));
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    this.room(5);
    while (rest > 127) {
      this.buffer[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
    return this;
  }

  varintBytes(value: Uint8Array | null): this {
    return value === null ? this.varint(-1) : this.varint(value.length).raw(value);
  }

  /** Unsigned varint, of the protocol's flexible encoding. */
  uvarint(value: number): this {
    this.room(5);
    let rest = value >>> 0;
    while (rest > 127) {
      this.buffer[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
    return this;
  }

  /** Flexible encoding: a text whose length is one more than it is. */
  compactString(value: string): this {
    const bytes = Buffer.from(value);
    return this.uvarint(bytes.length + 1).raw(bytes);
  }

  raw(value: Uint8Array): this {
    this.room(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
    return this;
  }

  /** What was written at `from`, once more. */
  again(from: number, bytes: number): this {
    this.room(bytes);
    this.buffer.copyWithin(this.length, from, from + bytes);
    this.length += bytes;
    return this;
  }

  /** Leaves room for what is written later. */
  skip(bytes: number): this {
    this.room(bytes);
    this.length += bytes;
    return this;
  }

  private varlong(value: bigint): this {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    this.room(10);
    while (rest > 127n) {
      this.buffer[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
    return this;
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    larger.set(this.take());
    this.buffer = larger;
  }
}

/** Bytes that `varint(value)` takes. */
export function varintSize(value: number): number {
  if (value < -0x8000_0000 || value > 0x7fff_ffff) {
    const zigzag = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
    return Math.ceil(zigzag.toString(2).length / 7);
  }
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  return zigzag < 0x80 ? 1 : zigzag < 0x4000 ? 2 : zigzag < 0x20_0000 ? 3 : zigzag < 0x1000_0000 ? 4 : 5;
}

/** Bytes that `varintBytes(value)` takes. */
export function sizeOf(value: Uint8Array | null): number {
  return value === null ? 1 : varintSize(value.length) + value.length;
}
