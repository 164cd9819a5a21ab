import { Arrivals } from './arrivals.ts';

/** What a consumer reads: all of a topic, as a group that was never there before. Names are those on the broker. */
export interface Consuming {
  readonly topic: string;
  readonly group: string;
  /** Orders in the topic. */
  readonly total: number;
  /** Whether it is a fault when orders of an account come out of order. Default true. */
  readonly inOrder?: boolean;
}

/** Groups that have nothing to do with a topic that stays empty. */
export interface Idling {
  readonly topic: string;
  readonly groups: readonly string[];
}

export interface Consumed {
  readonly perSecond: number;
  /** As `Arrivals.faults`. */
  readonly faults: string | undefined;
}

/**
 * Measures from the first order to the last: joining the group is not counted.
 * @param start - answers how to stop
 */
export async function until(
  { total, inOrder }: Pick<Consuming, 'total' | 'inOrder'>,
  start: (arrivals: Arrivals) => Promise<() => Promise<unknown>>,
): Promise<Consumed> {
  const arrivals = new Arrivals(total, inOrder);
  const stop = await start(arrivals);
  let [first, last] = [0, 0];
  try {
    first = await arrivals.until(1);
    last = await arrivals.until(total);
  } finally {
    await stop();
  }
  // What came until it had stopped: a repeat may come behind the last one that was awaited.
  return { perSecond: (total / (last - first)) * 1_000, faults: arrivals.faults };
}

/** What the handlers of the benchmarks wait for. */
export function oneMillisecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
