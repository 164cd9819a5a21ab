import { spreadOf } from '../run/row.ts';
import { inWords } from './machine.ts';
import type { StoredRow, StoredRun } from './stored-runs.ts';

const BEGIN = '<!-- figures: npm run bench -- --store writes what stands from here -->';
const END = '<!-- figures: to here -->';

/**
 * The page with the figures of the stored runs between its marks.
 * @throws Error when the page has no such marks
 */
export function withFigures(page: string, runs: readonly StoredRun[]): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`The page needs the lines '${BEGIN}' and '${END}' around its figures.`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${figuresOf(runs)}\n\n${page.slice(end)}`;
}

/** Tables of all stored rows, one for each run, which says on what and how long it was measured. */
function figuresOf(runs: readonly StoredRun[]): string {
  if (runs.length === 0) return 'Nothing has been stored yet.';
  const hasGrowth = runs.some(({ rows }) => rows.some(({ points }) => points));
  return [
    '![All ratios beside their goals](../bench/results/ratios.svg)',
    ...(hasGrowth ? ['![The cost of an event when something grows](../bench/results/growth.svg)'] : []),
    ...runs.flatMap((run) => [`${headOf(run)}:`, tableOf(run.rows)]),
  ].join('\n\n');
}

function headOf({ date, seconds, machine, rows }: StoredRun): string {
  const many = rows.length === 1 ? 'One row' : `${rows.length} rows`;
  return `${many} of ${date.slice(0, 10)}, in a run of ${Math.max(1, Math.round(seconds / 60))} min, on ${inWords(machine)}`;
}

function tableOf(rows: readonly StoredRow[]): string {
  return markdownTable([
    ['row', 'median', 'spread', 'goal', 'met', 'measured'],
    ...rows.map((row) => [
      `\`${row.name}\``,
      row.ratio.toFixed(2),
      spreadOf(row),
      String(row.goal),
      row.met ? 'yes' : `**no**, by ${(row.goal - row.ratio).toFixed(2)}`,
      row.measured.replaceAll('|', '\\|'),
    ]),
  ]);
}

/** As prettier would lay it out. */
function markdownTable(cells: readonly (readonly string[])[]): string {
  const widths = cells[0]!.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const lineOf = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [head, ...body] = cells;
  return [head!, widths.map((width) => '-'.repeat(width)), ...body].map(lineOf).join('\n');
}
