import { median } from './statistics.ts';

/** One of two that are measured beside each other. */
export interface Side {
  readonly name: string;
  /** One measurement, in events per second. @throws CheckError */
  measure(): Promise<number>;
}

export interface Comparison {
  /** Ours divided by theirs, of each round. */
  readonly ratios: readonly number[];
  /** The median rate of both sides in words. */
  readonly rates: string;
}

/**
 * Measures both sides in every round, the first one first in even rounds and last in odd ones, so that what gets slower or
 * faster with time (a warm cache, a neighbour that wakes up) meets both alike.
 */
export async function compare(
  ours: Side,
  theirs: Side,
  rounds: number,
  progress: (line: string) => void,
): Promise<Comparison> {
  const rates = new Map<Side, number[]>([
    [ours, []],
    [theirs, []],
  ]);
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) {
      rates.get(side)!.push(await side.measure());
    }
    const [a, b] = [ours, theirs].map((side) => rates.get(side)!.at(-1)!);
    progress(`round ${round + 1}: ${perSecond(a!)} beside ${perSecond(b!)}`);
  }
  const [mine, other] = [ours, theirs].map((side) => rates.get(side)!);
  return {
    ratios: mine!.map((rate, round) => rate / other![round]!),
    rates: [ours, theirs].map((side) => `${side.name} ${perSecond(median(rates.get(side)!))}`).join(', '),
  };
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en-US')} events/s`;
}
