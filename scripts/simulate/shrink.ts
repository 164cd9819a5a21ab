import type { AnyStep, Outcome, Simulation } from './simulation.ts';

/** A failure with hardly more steps than it needs. */
export interface Shrunk {
  readonly steps: readonly AnyStep[];
  readonly outcome: Outcome;
}

/**
 * Leaves out steps of a failing seed as long as the same rule is broken: halves, then quarters, down to single steps
 * (ddmin, Zeller and Hildebrandt 2002). A step that goes leaves its time to the next one, or takes it along.
 */
export async function shrink(outcome: Outcome, { schedule, run }: Simulation): Promise<Shrunk> {
  const rule = outcome.violations[0]?.rule;
  let best: Shrunk = { steps: schedule(outcome.seed), outcome };
  const attempt = async (steps: readonly AnyStep[]): Promise<boolean> => {
    const again = await run(outcome.seed, steps);
    if (again.violations[0]?.rule !== rule) return false;
    best = { steps, outcome: again };
    return true;
  };
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.steps.length;) {
      if (
        !(await attempt(without(best.steps, at, size, true))) &&
        !(await attempt(without(best.steps, at, size, false)))
      )
        at += size;
    }
  }
  return best;
}

function without(steps: readonly AnyStep[], at: number, count: number, keepTime: boolean): AnyStep[] {
  const gone = steps.slice(at, at + count).reduce((sum, { after }) => sum + after, 0);
  const rest = steps.slice(at + count);
  const [next, ...others] = rest;
  const follow = next && keepTime ? [{ ...next, after: next.after + gone }, ...others] : rest;
  return [...steps.slice(0, at), ...follow];
}
