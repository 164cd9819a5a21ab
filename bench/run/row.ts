import { median } from './statistics.ts';

/** A line of the table, and an element of the JSON. */
export interface Row {
  readonly name: string;
  /**
   * How many times as good as what stands beside it; where less is better: allowed / measured. Median over the rounds. null
   * when it was not run.
   */
  readonly ratio: number | null;
  /** null when it was not run. */
  readonly goal: number | null;
  readonly met: boolean;
  /** The spread of the ratio, what was measured on each side, and how. */
  readonly detail: string;
}

/** @param ratios - one of each round */
export function rowOf(name: string, ratios: readonly number[], goal: number, detail: string): Row {
  const ratio = cut(median(ratios));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map(cut);
  const spread = ratios.length === 1 ? 'one round' : `${least} to ${most} in ${ratios.length} rounds`;
  return { name, ratio, goal, met: ratio >= goal, detail: `${spread}; ${detail}` };
}

/** A row in place of those of a benchmark that this machine lacks something for. */
export function rowNotRun(name: string, reason: string): Row {
  return { name, ratio: null, goal: null, met: false, detail: `not run: ${reason}` };
}

/** To two decimals, downwards: nothing looks better than it was, and what is printed decides whether the goal is met. */
function cut(ratio: number): number {
  return Math.floor(ratio * 100) / 100;
}
