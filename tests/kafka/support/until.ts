import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 45_000;

/** Waits for a condition. @throws Error that names it, after 45 s */
export async function until(
  what: string,
  reached: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await reached())) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
    await sleep(25);
  }
}
