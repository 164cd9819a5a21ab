import { median } from './statistics.ts';

/** One of those that are measured beside each other. */
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

/** What two of the sides that were measured in turn make beside each other. */
export type Beside = (ours: Side, theirs: Side) => Comparison;

/** Measures two sides {@link inTurn}. */
export async function compare(
  ours: Side,
  theirs: Side,
  rounds: number,
  progress: (line: string) => void,
): Promise<Comparison> {
  const beside = await inTurn([ours, theirs], rounds, progress);
  return beside(ours, theirs);
}

/**
 * Measures all sides in every round, from the first to the last in even rounds and backwards in odd ones, so that what gets
 * slower or faster with time (a warm cache, a neighbour that wakes up) meets all alike.
 */
export async function inTurn(
  sides: readonly Side[],
  rounds: number,
  progress: (line: string) => void,
): Promise<Beside> {
  const rates = new Map<Side, number[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed())
      rates.get(side)!.push(await side.measure());
    const said = sides.map((side) => perSecond(rates.get(side)!.at(-1)!));
    progress(`round ${round + 1}: ${said.join(' beside ')}`);
  }
  return (ours, theirs) => ({
    ratios: rates.get(ours)!.map((rate, round) => rate / rates.get(theirs)![round]!),
    rates: [ours, theirs].map((side) => `${side.name} ${perSecond(median(rates.get(side)!))}`).join(', '),
  });
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en-US')} events/s`;
}
