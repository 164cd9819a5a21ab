import { endOfLine, indentAt, type Insertion, lineEnding } from './text-file.js';

/** Something between brackets and separated by commas, as it stands in a text: a list, or the members of an object. */
export interface WrittenList {
  /** The offset just behind the opening bracket. */
  readonly open: number;
  /** The offset of the closing bracket. */
  readonly close: number;
  /** From the first character of an item to just behind its last one, without the comma. */
  readonly items: readonly { readonly start: number; readonly end: number }[];
  /** The offsets just behind each comma: as many as items, or one fewer. */
  readonly commas: readonly number[];
  /** The language allows a comma behind the last item, and an item on a line of its own has one. */
  readonly mayTrail?: boolean;
}

/** A list that gets its first item stays in one line up to here. */
const LONGEST_LINE = 100;

/** How a new item is to be written so that it looks like its neighbours. */
export interface ItemStyle {
  readonly indent: string;
  /** What one level of indentation adds. */
  readonly unit: string;
  /** The neighbours stand in one line. */
  readonly inline: boolean;
}

/**
 * Where and how one more item goes in. In a list of one item a line it is a line of its own and no other line changes, not
 * even by a comma: without a comma behind the last item, the new one goes before it.
 *
 * @param before the item that it shall come before; by default it comes last, or last but one
 */
export function insertItem(
  text: string,
  list: WrittenList,
  render: (style: ItemStyle) => string,
  before?: number,
): Insertion {
  const eol = lineEnding(text);
  const { items, commas, open } = list;
  const outer = indentAt(text, open);
  const last = items.at(-1);
  if (!last) return insertFirst(text, list, render, outer);

  if (!startsLine(text, last.start)) {
    const item = render({ indent: outer, unit: '  ', inline: true });
    if (before !== undefined) return { at: items[before]!.start, text: `${item}, ` };
    return commas.length === items.length
      ? { at: commas.at(-1)!, text: ` ${item},` }
      : { at: last.end, text: `, ${item}` };
  }
  const indent = indentAt(text, last.start);
  const item = render({ indent, unit: indent.slice(outer.length) || '  ', inline: false });
  const index = before ?? (commas.length === items.length ? items.length : items.length - 1);
  const separator = index === 0 ? open : commas[index - 1]!;
  return { at: endOfRemark(text, separator), text: `${eol}${indent}${item},` };
}

function insertFirst(
  text: string,
  { open, close, mayTrail }: WrittenList,
  render: (style: ItemStyle) => string,
  outer: string,
): Insertion {
  const eol = lineEnding(text);
  const unit = unitOf(text);
  const indent = outer + unit;
  const between = text.slice(open, close);
  const inline = render({ indent: outer, unit, inline: true });
  const lineStart = text.lastIndexOf('\n', open) + 1;
  const fits = open - lineStart + inline.length + 2 <= LONGEST_LINE && !inline.includes('\n');
  if (text[open - 1] === '[' && between.trim() === '' && !between.includes('\n') && fits)
    return { at: open, text: inline };
  const item = render({ indent, unit, inline: false }) + (mayTrail ? ',' : '');
  // A bracket on a line of its own: the item becomes the line before it, behind whatever remarks there are.
  if (startsLine(text, close))
    return { at: text.lastIndexOf('\n', close - 1) + 1, text: `${indent}${item}${eol}` };
  return { at: open + between.trimEnd().length, text: `${eol}${indent}${item}${eol}${outer}` };
}

/** What one level of indentation is in a text: that of its first indented line. */
function unitOf(text: string): string {
  return /^(\t| +)(?=[^\s*])/m.exec(text)?.[1] ?? '  ';
}

function startsLine(text: string, offset: number): boolean {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start > 0 && /^[ \t]*$/.test(text.slice(start, offset));
}

/** Behind the remark that follows a separator in its line, for that is about the item before it. */
function endOfRemark(text: string, separator: number): number {
  const end = endOfLine(text, separator);
  return /^(\s|\/\*((?!\*\/).)*\*\/)*(\/\/.*)?$/.test(text.slice(separator, end)) ? end : separator;
}
