import { setTimeout as pause } from 'node:timers/promises';

/** @returns whether it came true in time. What cannot be asked just now is not true yet. */
export async function until(reached: () => Promise<boolean> | boolean, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    if (await Promise.resolve(reached()).catch(() => false)) return true;
    if (performance.now() > deadline) return false;
    await pause(200);
  }
}
