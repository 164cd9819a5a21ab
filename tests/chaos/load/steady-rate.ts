/** What is tried: a rate a second, for some seconds. */
export interface Trial {
  readonly rate: number;
  /** Share of the CPU that was in use, from 0 to 1. */
  readonly busy: number;
}

/** A quarter is left free. */
const MOST_BUSY = 0.75;
/** Shares this close below the goal are as good as it gets: two measurements of one rate differ by as much. */
const CLOSE_ENOUGH = 0.02;
const FIRST_RATE = 30;
const MOST_TRIALS = 10;

/**
 * Finds the highest rate that leaves a quarter of the CPU free. The CPU is in use without anybody coming, too, so each trial draws
 * a line through that and the last measurement, and tries the rate where it meets the goal, at most twice as high.
 * @param idle - share in use while nobody comes
 * @param measure - the share in use at a rate
 */
export async function findSteadyRate(
  idle: number,
  measure: (rate: number) => Promise<number>,
): Promise<Trial> {
  let rate = FIRST_RATE;
  let best: Trial = { rate: 1, busy: idle };
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const busy = await measure(rate);
    if (busy <= MOST_BUSY && rate > best.rate) best = { rate, busy };
    if (busy <= MOST_BUSY && busy >= MOST_BUSY - CLOSE_ENOUGH) break;
    const next = following(rate, busy, idle);
    if (next === rate) break;
    rate = next;
  }
  return best;
}

function following(rate: number, busy: number, idle: number): number {
  const perPerson = Math.max(0.000_01, (busy - idle) / rate);
  // Not the very edge, which the next measurement would find crossed.
  const goal = MOST_BUSY - CLOSE_ENOUGH / 2;
  return Math.max(1, Math.floor(Math.min(2 * rate, (goal - idle) / perPerson)));
}
