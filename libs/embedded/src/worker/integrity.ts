import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** https://sqlite.org/fileformat2.html */
const MAGIC = Buffer.from('SQLite format 3\0');
const DATABASE_HEADER = 100;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/**
 * Looks for the damage that SQLite itself notices late or never: a file of another kind, and a file that lost its tail.
 * Costs one small read, unless pages are missing; a full check would read the whole log at every start.
 * @returns what is wrong, or undefined
 */
export function findTruncation(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const header = Buffer.alloc(DATABASE_HEADER);
  const { size, read } = readStart(path, header);
  if (size === 0) return undefined;
  if (read < MAGIC.length || !header.subarray(0, MAGIC.length).equals(MAGIC))
    return 'tramline.db is not an SQLite file';
  if (read < DATABASE_HEADER) return `tramline.db ends after ${size} bytes`;
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const pages = header.readUInt32BE(28);
  const present = Math.floor(size / pageSize);
  if (present >= pages) return undefined;
  // A process that died in a checkpoint leaves pages in the write-ahead log only; the next checkpoint writes them again.
  const waiting = pagesOfWal(`${path}-wal`, pageSize);
  for (let page = present + 1; page <= pages; page++) {
    if (!waiting.has(page)) return `tramline.db was truncated: it has ${present} of ${pages} pages`;
  }
  return undefined;
}

function readStart(path: string, into: Buffer): { size: number; read: number } {
  const file = openSync(path, 'r');
  try {
    return { size: fstatSync(file).size, read: readSync(file, into, 0, into.length, 0) };
  } finally {
    closeSync(file);
  }
}

function pagesOfWal(path: string, pageSize: number): Set<number> {
  const pages = new Set<number>();
  if (!existsSync(path)) return pages;
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(WAL_HEADER);
    if (readSync(file, header, 0, WAL_HEADER, 0) < WAL_HEADER) return pages;
    const salt = header.subarray(16, 24);
    const frame = Buffer.alloc(FRAME_HEADER);
    for (
      let at = WAL_HEADER;
      readSync(file, frame, 0, FRAME_HEADER, at) === FRAME_HEADER;
      at += FRAME_HEADER + pageSize
    ) {
      // Frames of an earlier round carry another salt and count no more.
      if (!frame.subarray(8, 16).equals(salt)) break;
      pages.add(frame.readUInt32BE(0));
    }
    return pages;
  } finally {
    closeSync(file);
  }
}
