import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** https://sqlite.org/fileformat2.html#the_write_ahead_log */
const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/**
 * Looks for the damage that SQLite itself notices late or never: a database that lost its tail. Every page must lie in the
 * file or in the write-ahead log. Costs microseconds unless pages are missing; a full check would read the whole log at
 * every start.
 *
 * `database` must have been opened read-only: the last connection that can write copies the write-ahead log into the
 * truncated file when it closes, and the hole would never be seen again. And the file must not be read without SQLite:
 * closing any descriptor of it ends, under POSIX, all locks that this process has on it.
 * @returns what is wrong, or undefined
 */
export function findTruncation(database: DatabaseSync, path: string): string | undefined {
  // In one snapshot, so that no page leaves the write-ahead log while we look.
  database.exec('BEGIN');
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
    const { page_size: pageSize } = database.prepare('PRAGMA page_size').get() as { page_size: number };
    const present = Math.floor(statSync(path).size / pageSize);
    if (present >= pages) return undefined;
    const waiting = pagesOfWal(`${path}-wal`, pageSize);
    for (let page = present + 1; page <= pages; page++) {
      if (!waiting.has(page)) return `tramline.db was truncated: it has ${present} of ${pages} pages`;
    }
    return undefined;
  } finally {
    database.exec('COMMIT');
  }
}

function pagesOfWal(path: string, pageSize: number): Set<number> {
  const pages = new Set<number>();
  if (!existsSync(path)) return pages;
  // SQLite takes no lock on this file.
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
