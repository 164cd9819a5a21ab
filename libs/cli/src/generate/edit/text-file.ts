import { refusal } from '../faults.js';

/** A file that is to be edited. The path is only for messages. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** A piece of text to put at an offset. Generators only insert: what somebody wrote stays as it is, byte by byte. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

export function applyInsertion(text: string, insertion: Insertion): string {
  return text.slice(0, insertion.at) + insertion.text + text.slice(insertion.at);
}

/** How lines end in a text: as the first one does. */
export function lineEnding(text: string): '\n' | '\r\n' {
  return /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n';
}

/** Lines written here with `\n`, as the text has them. */
export function withLineEndingOf(text: string, lines: string): string {
  return lines.replaceAll('\n', lineEnding(text));
}

/** The white space that the line of an offset begins with. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))![0];
}

/** The offset of the end of a line, before its line break. */
export function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

/** That a file cannot be understood, where, and that it was left alone. */
export function brokenFile({ path, text }: TextFile, offset: number, why: string): Error {
  const before = text.slice(0, offset).split('\n');
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  return refusal(
    'TRAMLINE_BROKEN_FILE',
    `${path}:${line}:${column} ${why}. Nothing was changed: mend the file and run this again.`,
  );
}
