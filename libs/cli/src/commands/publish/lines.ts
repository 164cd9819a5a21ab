import { usageError } from '../../exit.js';

/** A line that is longer is no payload, and would fill the memory: an event takes 1 MB at most unless it was raised. */
const LONGEST_LINE = 16 * 1024 * 1024;
const NEWLINE = 10;

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Without its end. */
  readonly bytes: Uint8Array;
}

/** Lines of a stream of bytes, blank ones left out. Memory is bounded by one line. @throws CliError for a line without end */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void, undefined> {
  let parts: Uint8Array[] = [];
  let held = 0;
  let number = 0;
  const take = (last: Uint8Array): Line | undefined => {
    number++;
    const bytes = trimmed(parts.length > 0 ? Buffer.concat([...parts, last]) : last, number === 1);
    parts = [];
    held = 0;
    return bytes.length > 0 ? { number, bytes } : undefined;
  };
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = take(chunk.subarray(from, end));
      if (line) yield line;
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    held += rest.length;
    if (held > LONGEST_LINE)
      throw usageError(
        `Line ${number + 1} is longer than ${LONGEST_LINE} bytes. Give one JSON payload a line (NDJSON); a single payload over several lines goes into a file *.json.`,
      );
    if (rest.length > 0) parts.push(rest);
  }
  if (held > 0) {
    const line = take(new Uint8Array());
    if (line) yield line;
  }
}

/** Without white space around it, and without the mark that editors on Windows begin a file with. */
function trimmed(bytes: Uint8Array, isFirst: boolean): Uint8Array {
  let from = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let to = bytes.length;
  const isBlank = (byte: number | undefined) => byte === 32 || byte === 9 || byte === 13;
  while (from < to && isBlank(bytes[from])) from++;
  while (to > from && isBlank(bytes[to - 1])) to--;
  return bytes.subarray(from, to);
}
