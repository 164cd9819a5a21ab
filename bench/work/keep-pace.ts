import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../run/monotonic.ts';
import type { Pace } from './outbox-work.ts';

/**
 * Begins a transaction for each order when it is due, whether or not earlier ones have ended.
 * @param commit - writes one order; answers when it asked for the commit, on the monotonic clock
 * @returns that, by order
 */
export async function keepPace(
  { from, to, perSecond }: Pace,
  commit: (number: number) => Promise<number>,
): Promise<readonly number[]> {
  const started = monotonic();
  const commits: Promise<number>[] = [];
  let next = from;
  while (next < to) {
    await sleep(1);
    // A timer that is late is made up for, so that the rate holds.
    const due = Math.min(to, from + Math.floor(((monotonic() - started) * perSecond) / 1_000));
    for (; next < due; next++) commits.push(commit(next));
  }
  return Promise.all(commits);
}
