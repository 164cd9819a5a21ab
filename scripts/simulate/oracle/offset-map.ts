import { crc32 } from 'node:zlib';

/**
 * The offset map of a commit, read as the format says it and by other code than the runtime's.
 * @returns the offsets above `base` that it calls finished; undefined when it is none
 */
export function readOffsetMap(base: number, metadata: string): readonly number[] | undefined {
  if (metadata === '') return [];
  const [version, checksum, body] = [metadata[0], metadata.slice(1, 9), metadata.slice(9)];
  if (version !== '1' || checksum !== checksumOf(base, body)) return undefined;
  return body[0] === 'r' ? readRanges(base, body.slice(1)) : readBits(base, body.slice(1));
}

/** Writes one stretch as an offset map, as a client of another kind might have. */
export function writeOffsetMap(base: number, from: number, to: number): string {
  const body = `r${(from - base).toString(36)}.${(to - from).toString(36)}`;
  return `1${checksumOf(base, body)}${body}`;
}

function checksumOf(base: number, body: string): string {
  return crc32(`${base}:${body}`).toString(16).padStart(8, '0');
}

function readRanges(base: number, body: string): number[] {
  const offsets: number[] = [];
  let at = base;
  for (const part of body.split(',')) {
    const [gap = '', length = ''] = part.split('.');
    at += Number.parseInt(gap, 36);
    for (let left = Number.parseInt(length, 36); left > 0; left--) offsets.push(at++);
  }
  return offsets;
}

function readBits(base: number, body: string): number[] {
  return [...Buffer.from(body, 'base64')].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bit) => ((byte >> bit) & 1 ? [base + index * 8 + bit] : [])),
  );
}
