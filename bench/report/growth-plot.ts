import type { Point } from '../run/row.ts';
import type { StoredRow } from './stored-runs.ts';
import { dot, GRID, line, PALE, path, svgOf, text } from './svg.ts';

const PANEL = 190;
const LEFT = 56;
const TOP = 64;
const HEIGHT = 200;
const COST = '#0969da';
const ALLOWED = '#cf222e';

type GrowthRow = StoredRow & { readonly points: readonly Point[] };

/**
 * What an event costs when something grows, beside what it costs when that is smallest: a panel for each row that has points.
 * @param allowed - how far the cost may rise
 */
export function growthPlot(rows: readonly StoredRow[], allowed: number): string {
  const shown = rows.filter((row): row is GrowthRow => row.points !== undefined);
  const most = Math.max(allowed, ...shown.flatMap(({ points }) => points.map(({ cost }) => cost)));
  const top = Math.ceil(most * 2.2) / 2;
  const y = (cost: number) => TOP + HEIGHT - (cost / top) * HEIGHT;
  const width = LEFT + Math.max(shown.length, 1) * PANEL;
  const ticks = Array.from({ length: Math.floor(top * 2) + 1 }, (_, index) => index / 2);
  return svgOf({
    width,
    height: TOP + HEIGHT + 40,
    elements: [
      text(16, 22, `Cost of an event beside that at the smallest size; dashed: the ${allowed} allowed`),
      ...ticks.flatMap((cost) => [
        line([LEFT, y(cost)], [width - 16, y(cost)], { stroke: cost === 1 ? PALE : GRID }),
        text(LEFT - 8, y(cost) + 4, String(cost), { fill: PALE, anchor: 'end' }),
      ]),
      line([LEFT, y(allowed)], [width - 16, y(allowed)], { stroke: ALLOWED, dash: '4 4' }),
      ...shown.flatMap((row, index) => panel(row, LEFT + index * PANEL, y)),
    ],
  });
}

function panel({ name, points }: GrowthRow, left: number, y: (cost: number) => number): string[] {
  const step = (PANEL - 60) / Math.max(points.length - 1, 1);
  const at = points.map(({ cost }, index) => [left + 30 + index * step, y(cost)] as const);
  return [
    text(left + PANEL / 2, TOP - 14, name, { anchor: 'middle' }),
    path(at, COST),
    ...at.map(([x, height]) => dot(x, height, COST)),
    ...points.map((point, index) =>
      text(at[index]![0], TOP + HEIGHT + 20, shortly(point.at), { fill: PALE, anchor: 'middle' }),
    ),
  ];
}

/** 1000000 as 1M. */
function shortly(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3 ? `${value / 1e3}k` : String(value);
}
