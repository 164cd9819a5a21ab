import { cut, padded, shown, widthOf } from './text.js';

/** A column: its title, and how it is written where that matters. */
export type Column = string | ColumnStyle;

export interface ColumnStyle {
  readonly title: string;
  /** For figures. */
  readonly align?: 'right';
  /** Never cut: what somebody has to give to the next command, such as an id. */
  readonly whole?: boolean;
}

export type Cell = string | number | boolean | null | undefined;

const GAP = '  ';
/** A column is not made narrower than this: then rows are shown one under the other instead. */
const NARROWEST = 6;

/**
 * Lines of a table within `columns` columns. Too wide: the widest columns that may be are cut, and where that leaves too little of them,
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
  const isWhole = columns.map((column) => typeof column !== 'string' && column.whole === true);
  const widths = fit(natural, isWhole, width - GAP.length * (titles.length - 1));
  if (!widths) return stacked(titles, texts);
  const line = (row: readonly string[]) =>
    row
      .map((text, index) => {
        const room = widths[index]!;
        const short = cut(text, room);
        const column = columns[index]!;
        const isRight = typeof column !== 'string' && column.align === 'right';
        return isRight ? ' '.repeat(Math.max(0, room - widthOf(short))) + short : padded(short, room);
      })
      .join(GAP)
      .trimEnd();
  return [line(titles), ...texts.map(line)];
}

function cellText(cell: Cell): string {
  return cell === null || cell === undefined ? '-' : shown(String(cell));
}

/** Takes from the widest that may be cut until all fit; undefined when they cannot. */
function fit(
  natural: readonly number[],
  isWhole: readonly boolean[],
  room: number,
): readonly number[] | undefined {
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  while (over > 0) {
    const soft = widths.filter((_, index) => !isWhole[index]);
    const widest = Math.max(...soft);
    const next = Math.max(NARROWEST, ...soft.filter((width) => width < widest));
    if (widest <= NARROWEST) return undefined;
    const same = widths.flatMap((width, index) => (width === widest && !isWhole[index] ? [index] : []));
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
