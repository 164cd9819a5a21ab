import { median } from './statistics.ts';

/** A line of the table. */
export interface Row {
  readonly name: string;
  /**
   * How many times as good as what stands beside it; where less is better: allowed / measured. Median over the rounds. null
   * when it was not run.
   */
  readonly ratio: number | null;
  /** The ratio of each round; none when it was not run. */
  readonly ratios: readonly number[];
  /** null when it was not run. */
  readonly goal: number | null;
  readonly met: boolean;
  /** What was measured on each side. */
  readonly measured: string;
  /** How it was measured; may be empty. */
  readonly how: string;
  /** What a quantity that grew did to the cost of an event; only where one does. */
  readonly points?: readonly Point[];
}

/** What one event costs at one size of what grows. */
export interface Point {
  /** The size: partitions, keys, bytes and so on. */
  readonly at: number;
  /** Beside the cost at the smallest size, which is 1. Median over the rounds. */
  readonly cost: number;
}

/** An element of what `--json` prints. */
export interface JsonRow extends Pick<Row, 'name' | 'ratio' | 'goal' | 'met'> {
  /** The spread of the ratio, what was measured on each side, and how. */
  readonly detail: string;
}

/**
 * @param ratios - one of each round
 * @param detail - what was measured on each side, `; `, and how it was measured
 */
export function rowOf(
  name: string,
  ratios: readonly number[],
  goal: number,
  detail: string,
  points?: readonly Point[],
): Row {
  const ratio = cut(median(ratios));
  const [measured = '', ...how] = detail.split('; ');
  const figures = { name, ratio, ratios: ratios.map(cut), goal, met: ratio >= goal };
  return { ...figures, measured, how: how.join('; '), ...(points && { points }) };
}

/** A row in place of those of a benchmark that this machine lacks something for. */
export function rowNotRun(name: string, reason: string): Row {
  return { name, ratio: null, ratios: [], goal: null, met: false, measured: `not run: ${reason}`, how: '' };
}

/** As `--json` prints it. */
export function jsonOf(row: Row): JsonRow {
  const { name, ratio, goal, met } = row;
  return {
    name,
    ratio,
    goal,
    met,
    detail: [spreadOf(row), row.measured, row.how].filter(Boolean).join('; '),
  };
}

/** The least and the largest ratio, and of how many rounds; empty when it was not run. */
export function spreadOf({ ratios }: Pick<Row, 'ratios'>): string {
  if (ratios.length === 0) return '';
  if (ratios.length === 1) return 'one round';
  return `${Math.min(...ratios)} to ${Math.max(...ratios)} in ${ratios.length} rounds`;
}

/** To two decimals, downwards: nothing looks better than it was, and what is printed decides whether the goal is met. */
function cut(ratio: number): number {
  return Math.floor(ratio * 100) / 100;
}
