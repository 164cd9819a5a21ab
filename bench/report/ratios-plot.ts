import type { StoredRow } from './stored-runs.ts';
import { dot, GRID, INK, line, PALE, svgOf, text } from './svg.ts';

const ROW = 22;
const TOP = 56;
const LEFT = 250;
const PLOT = 480;
const RIGHT = 70;
const MET = '#1a7f37';
const MISSED = '#cf222e';

/** All ratios beside their goals on a log scale: a dot is the median, its line the spread of the rounds, a bar the goal. */
export function ratiosPlot(rows: readonly StoredRow[]): string {
  const all = rows
    .flatMap(({ ratio, ratios, goal }) => [ratio, ...ratios, goal])
    .filter((value) => value > 0);
  const from = Math.floor(Math.log10(Math.min(1, ...all)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(1, ...all))));
  // What is cut down to nothing stands at the edge.
  const x = (value: number) => LEFT + ((Math.log10(Math.max(value, 10 ** from)) - from) / (to - from)) * PLOT;
  const bottom = TOP + rows.length * ROW;
  const decades = Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
  return svgOf({
    width: LEFT + PLOT + RIGHT,
    height: bottom + 16,
    elements: [
      text(
        16,
        22,
        'Times as good as what stands beside it (log scale): median, spread of the rounds, and goal',
      ),
      ...decades.flatMap((value) => [
        line([x(value), TOP - 8], [x(value), bottom], { stroke: value === 1 ? PALE : GRID }),
        text(x(value), TOP - 14, String(value), { fill: PALE, anchor: 'middle' }),
      ]),
      ...rows.flatMap((row, index) => oneRow(row, TOP + index * ROW + ROW / 2, x)),
    ],
  });
}

function oneRow(
  { name, ratio, ratios, goal, met }: StoredRow,
  y: number,
  x: (value: number) => number,
): string[] {
  const colour = met ? MET : MISSED;
  return [
    text(LEFT - 12, y + 4, name, { anchor: 'end' }),
    line([x(Math.min(...ratios)), y], [x(Math.max(...ratios)), y], { stroke: colour, width: 2 }),
    line([x(goal), y - 8], [x(goal), y + 8], { stroke: INK, width: 3 }),
    dot(x(ratio), y, colour),
    text(LEFT + PLOT + RIGHT - 8, y + 4, String(ratio), { fill: colour, anchor: 'end' }),
  ];
}
