import { cut, padded, shown, widthOf } from './text.js';

/** A column: its title, and `right` for figures. */
export type Column = string | { readonly title: string; readonly align: 'right' };
export type Cell = string | number | boolean | null | undefined;

const GAP = '  ';
/** A column is not made narrower than this: then rows are shown one under the other instead. */
const NARROWEST = 6;

/**
 * Lines of a table within `columns` columns. Too wide: the widest columns are cut, and where that leaves too little of them,
 * each row becomes a few lines `Title  value`, which break nowhere but at the terminal's edge.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): string[] {
  const titles = columns.map((column) => (typeof column === 'string' ? column : column.title));
  const texts = rows.map((row) => titles.map((_, index) => cellText(row[index])));
  // As a loop: more rows than a call takes arguments.
  const natural = titles.map((title, index) =>
    texts.reduce((widest, row) => Math.max(widest, widthOf(row[index]!)), widthOf(title)),
  );
  const widths = fit(natural, width - GAP.length * (titles.length - 1));
  if (!widths) return stacked(titles, texts);
  const line = (row: readonly string[]) =>
    row
      .map((text, index) => {
        const room = widths[index]!;
        const short = cut(text, room);
        const isRight = typeof columns[index] !== 'string';
        return isRight ? ' '.repeat(Math.max(0, room - widthOf(short))) + short : padded(short, room);
      })
      .join(GAP)
      .trimEnd();
  return [line(titles), ...texts.map(line)];
}

function cellText(cell: Cell): string {
  return cell === null || cell === undefined ? '-' : shown(String(cell));
}

/** Takes from the widest until all fit; undefined when they cannot. */
function fit(natural: readonly number[], room: number): readonly number[] | undefined {
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths);
    const next = Math.max(NARROWEST, ...widths.filter((width) => width < widest));
    if (widest <= NARROWEST) return undefined;
    const same = widths.flatMap((width, index) => (width === widest ? [index] : []));
    const take = Math.min(widest - next, Math.ceil(over / same.length));
    for (const index of same) {
      const less = Math.min(take, over);
      widths[index]! -= less;
      over -= less;
    }
  }
  return widths;
}

function stacked(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const room = Math.max(...titles.map(widthOf));
  return rows.flatMap((row, at) => [
    ...(at > 0 ? [''] : []),
    ...row.map((text, index) => `${padded(titles[index]!, room)}${GAP}${text}`),
  ]);
}
