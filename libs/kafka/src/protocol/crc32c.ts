/** CRC-32C (Castagnoli), which guards every batch of records. Node's zlib has only the other polynomial. */
const POLYNOMIAL = 0x82f63b78;

/** Eight tables, so that eight bytes are taken per step: about five times as fast as byte by byte. */
const TABLES = makeTables();
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as unknown as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

export function crc32c(bytes: Uint8Array): number {
  let crc = -1;
  let index = 0;
  for (const last = bytes.length - 8; index <= last; index += 8) {
    const low =
      crc ^
      (bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24));
    crc =
      T7[low & 255]! ^
      T6[(low >>> 8) & 255]! ^
      T5[(low >>> 16) & 255]! ^
      T4[low >>> 24]! ^
      T3[bytes[index + 4]!]! ^
      T2[bytes[index + 5]!]! ^
      T1[bytes[index + 6]!]! ^
      T0[bytes[index + 7]!]!;
  }
  for (; index < bytes.length; index++) crc = T0[(crc ^ bytes[index]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTables(): Int32Array[] {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let value = 0; value < 256; value++) {
    let crc = value;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[0]![value] = crc;
  }
  for (let value = 0; value < 256; value++) {
    for (let table = 1; table < 8; table++) {
      const before = tables[table - 1]![value]!;
      tables[table]![value] = tables[0]![before & 255]! ^ (before >>> 8);
    }
  }
  return tables;
}
