import { spreadOf, type Row } from './row.ts';

/** The rows for people: figures in columns, what was measured and how below. */
export function table(rows: readonly Row[]): string {
  if (rows.length === 0) return 'Nothing was measured.\n';
  const cells = [
    ['', 'median', 'spread', 'goal', ''],
    ...rows.map((row) => [
      row.name,
      row.ratio?.toFixed(2) ?? '-',
      spreadOf(row) || '-',
      row.goal === null ? '-' : String(row.goal),
      row.ratio === null ? 'NOT RUN' : row.met ? 'met' : 'NOT MET',
    ]),
  ];
  const width = (column: number) => Math.max(...cells.map((row) => row[column]!.length));
  const line = ([name, ratio, spread, goal, met]: string[]) =>
    [
      name!.padEnd(width(0)),
      ratio!.padStart(width(1)),
      spread!.padEnd(width(2)),
      goal!.padStart(width(3)),
      met,
    ]
      .join('  ')
      .trimEnd();
  const [head, ...lines] = cells.map(line);
  const below = ({ measured, how }: Row) => `    ${[measured, how].filter(Boolean).join('; ')}`;
  return [head, ...lines.flatMap((text, index) => [text, below(rows[index]!)]), ''].join('\n');
}
