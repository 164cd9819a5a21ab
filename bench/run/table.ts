import type { Row } from './row.ts';

/** The rows for people: figures in columns, details below. */
export function table(rows: readonly Row[]): string {
  if (rows.length === 0) return 'Nothing was measured.\n';
  const cells = [
    ['', 'ratio', 'goal', ''],
    ...rows.map(({ name, ratio, goal, met }) => [
      name,
      ratio?.toFixed(2) ?? '-',
      goal === null ? '-' : String(goal),
      ratio === null ? 'NOT RUN' : met ? 'met' : 'NOT MET',
    ]),
  ];
  const width = (column: number) => Math.max(...cells.map((row) => row[column]!.length));
  const line = ([name, ratio, goal, met]: string[]) =>
    `${name!.padEnd(width(0))}  ${ratio!.padStart(width(1))}  ${goal!.padStart(width(2))}  ${met}`.trimEnd();
  const [head, ...lines] = cells.map(line);
  return [head, ...lines.flatMap((text, index) => [text, `    ${rows[index]!.detail}`]), ''].join('\n');
}
