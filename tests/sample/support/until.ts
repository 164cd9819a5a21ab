import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until the answer is neither undefined nor false, and returns it. For what other processes do,
 * which nobody can await.
 *
 * @throws Error with `what` after `within` milliseconds: generous, since a slow machine is no fault
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  within = 50_000,
): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`Waited ${within / 1_000} s in vain: ${what}`);
    await delay(50);
  }
}
