import { crc32 } from 'node:zlib';

/** Offsets `from` up to but not including `to`. */
export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

/** What brokers accept as commit metadata by default, in bytes. */
export const METADATA_LIMIT = 4096;

/** Format version and checksum in front of the body. */
const HEAD = 1 + 8 + 1;

/**
 * Writes the offsets that are finished above a committed offset, so that they travel in the commit's metadata:
 * version (1), CRC-32 of base offset and body (8 hex digits), kind, body.
 * Kind `r`: `gap.length` pairs in base 36, `gap` counted from the end of the range before. Kind `b`: base64 of a bitmap that
 * begins at the base. The shorter one is taken. What does not fit into `limit` bytes is left out from the top: those
 * offsets are merely run again. Empty text when there is nothing to say.
 *
 * @param base - the committed offset
 * @param ranges - ascending, disjoint, above `base`
 */
export function encodeOffsetMap(
  base: number,
  ranges: readonly OffsetRange[],
  limit = METADATA_LIMIT,
): string {
  const room = limit - HEAD;
  if (ranges.length === 0 || room <= 0) return '';
  const asRanges = writeRanges(base, ranges, room);
  const asBitmap = asRanges.complete ? null : writeBitmap(base, ranges, room);
  const [kind, body] =
    asBitmap && asBitmap.covered > asRanges.covered ? ['b', asBitmap.body] : ['r', asRanges.body];
  return body === '' ? '' : `1${checksum(base, kind + body)}${kind}${body}`;
}

/**
 * Reads what {@link encodeOffsetMap} wrote. Answers an empty list, which only costs repeats, for everything else: metadata
 * of another client, another version, a wrong checksum, or ranges that reach to `end` or beyond.
 *
 * @param base - the offset that the metadata was committed with
 * @param end - one past the highest offset of the log
 */
export function decodeOffsetMap(base: number, metadata: string, end: number): OffsetRange[] {
  if (metadata.length <= HEAD || metadata[0] !== '1') return [];
  const rest = metadata.slice(9);
  if (metadata.slice(1, 9) !== checksum(base, rest)) return [];
  const ranges =
    rest[0] === 'r'
      ? readRanges(base, rest.slice(1))
      : rest[0] === 'b'
        ? readBitmap(base, rest.slice(1))
        : [];
  const last = ranges.at(-1);
  return last && last.to <= end ? ranges : [];
}

function checksum(base: number, text: string): string {
  return crc32(`${base}:${text}`).toString(16).padStart(8, '0');
}

function writeRanges(base: number, ranges: readonly OffsetRange[], room: number) {
  let at = base;
  let body = '';
  let covered = 0;
  for (const { from, to } of ranges) {
    const part = `${body === '' ? '' : ','}${(from - at).toString(36)}.${(to - from).toString(36)}`;
    if (body.length + part.length > room) return { body, covered, complete: false };
    body += part;
    covered += to - from;
    at = to;
  }
  return { body, covered, complete: true };
}

function readRanges(base: number, body: string): OffsetRange[] {
  const ranges: OffsetRange[] = [];
  let at = base;
  for (const part of body.split(',')) {
    const [gap, length] = part.split('.');
    const from = at + Number.parseInt(gap ?? '', 36);
    const to = from + Number.parseInt(length ?? '', 36);
    if (!(from >= at && to > from)) return [];
    ranges.push({ from, to });
    at = to;
  }
  return ranges;
}

function writeBitmap(base: number, ranges: readonly OffsetRange[], room: number) {
  const bits = Math.floor(room / 4) * 3 * 8;
  const reach = Math.min(bits, ranges.at(-1)!.to - base);
  const bytes = new Uint8Array(Math.ceil(reach / 8));
  let covered = 0;
  for (const { from, to } of ranges) {
    for (let bit = from - base; bit < Math.min(to - base, reach); bit++) {
      bytes[bit >> 3]! |= 1 << (bit & 7);
      covered++;
    }
  }
  return { body: Buffer.from(bytes).toString('base64'), covered };
}

function readBitmap(base: number, body: string): OffsetRange[] {
  const bytes = Buffer.from(body, 'base64');
  const ranges: OffsetRange[] = [];
  let from = -1;
  for (let bit = 0; bit <= bytes.length * 8; bit++) {
    const set = bit < bytes.length * 8 && (bytes[bit >> 3]! & (1 << (bit & 7))) !== 0;
    if (set && from < 0) from = bit;
    if (!set && from >= 0) {
      ranges.push({ from: base + from, to: base + bit });
      from = -1;
    }
  }
  return ranges;
}
