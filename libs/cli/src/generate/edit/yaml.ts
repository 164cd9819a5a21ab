import { isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { applyInsertion, brokenFile, lineEnding, type TextFile, withLineEndingOf } from './text-file.js';

/** The value of a YAML file. */
export function readYaml(file: TextFile): unknown {
  return parse(file).toJS() as unknown;
}

/**
 * Adds an entry to a top-level map, as `services` of a compose file, unless there is one of that name. `lines` is the
 * entry's value, indented from the margin by two spaces a level.
 */
export function addEntry(file: TextFile, section: string, name: string, lines: string): string {
  const { contents } = parse(file);
  const { text } = file;
  if (contents !== null && !isMap(contents)) throw brokenFile(file, 0, 'is not a map');
  const pairs = (contents?.items ?? []) as Pair[];
  const index = pairs.findIndex(({ key }) => isScalar(key) && key.value === section);
  const pair = pairs[index];
  if (!pair) {
    const eol = lineEnding(text);
    const gap = text === '' ? '' : text.endsWith('\n') ? eol : eol + eol;
    const entry = withLineEndingOf(text, `${section}:\n${write(name, lines, '  ', '  ')}`);
    return applyInsertion(text, { at: text.length, text: gap + entry });
  }
  const end = endOfSection(text, pairs[index + 1]);
  if (isMap(pair.value) && pair.value.items.length > 0) {
    if (pair.value.has(name)) return text;
    if (pair.value.flow)
      throw brokenFile(
        file,
        pair.value.range![0],
        `"${section}" is written in one line, with braces; write one entry a line`,
      );
    return applyInsertion(text, insertAmong(text, pair.value, end, name, lines));
  }
  if (isMap(pair.value) || (pair.value !== null && !(isScalar(pair.value) && pair.value.value === null)))
    throw brokenFile(file, startOf(pair), `"${section}" is not a map of entries, one a line`);
  return applyInsertion(text, insertAt(text, lastLine(text, end, 0), write(name, lines, '  ', '  ')));
}

function insertAmong(text: string, map: YAMLMap, end: number, name: string, lines: string) {
  const starts = map.items.map(startOf);
  const column = starts[0]! - (text.lastIndexOf('\n', starts[0]! - 1) + 1);
  const indent = ' '.repeat(column);
  const at = lastLine(text, end, column);
  // Entries that others keep apart by a blank line are kept apart.
  const apart =
    starts.length > 1 && /\n[ \t]*\r?\n[ \t]*(#.*\r?\n[ \t]*)*$/.test(text.slice(starts[0], starts[1]));
  return insertAt(text, at, (apart ? '\n' : '') + write(name, lines, indent, indent));
}

/** One entry, its own lines indented; `unit` is what a level adds. */
function write(name: string, lines: string, indent: string, unit: string): string {
  const body = lines
    .trimEnd()
    .split('\n')
    .filter((line, i) => i > 0 || line !== '')
    .map((line) => {
      const levels = /^ */.exec(line)![0].length / 2;
      return line.trim() === '' ? '' : indent + unit.repeat(levels + 1) + line.trimStart();
    });
  return [`${indent}${name}:`, ...body, ''].join('\n');
}

function insertAt(text: string, at: number, lines: string): { at: number; text: string } {
  const written = withLineEndingOf(text, lines);
  // A last line without its line break gets one, and the new last line goes without.
  return at > 0 && text[at - 1] !== '\n'
    ? { at, text: lineEnding(text) + written.replace(/\r?\n$/, '') }
    : { at, text: written };
}

/** Where the lines of a top-level pair end: at the next pair, or at the end of the document. */
function endOfSection(text: string, next: Pair | undefined): number {
  if (next) return startOf(next);
  const marker = /^(\.\.\.|---)[ \t]*\r?$/gm;
  for (const match of text.matchAll(marker)) if (match[0].startsWith('...')) return match.index;
  return text.length;
}

/** Behind the last line that belongs to entries of this column: blank lines and remarks further left are about what follows. */
function lastLine(text: string, end: number, column: number): number {
  let at = end;
  while (at > 0) {
    const start = text.lastIndexOf('\n', at - 2) + 1;
    const line = text.slice(start, at);
    const isRemark = /^\s*#/.test(line) && (/^ */.exec(line)![0].length < column || column === 0);
    if (line.trim() !== '' && !isRemark) return at;
    at = start;
  }
  return at;
}

function startOf({ key }: Pair): number {
  return (key as { range: [number, number, number] }).range[0];
}

function parse(file: TextFile) {
  const document = parseDocument(file.text, { lineCounter: new LineCounter(), prettyErrors: false });
  const [error] = document.errors;
  if (error) throw brokenFile(file, error.pos[0], `is not valid YAML: ${error.message}`);
  return document;
}
