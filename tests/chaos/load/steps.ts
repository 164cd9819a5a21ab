/** What each witness writes: some steps of one key at once, so that several of a key are on their way together. */
export const STEPS = { keys: 8, atOnce: 4, everyMs: 1_000 } as const;

/** Of those of all witnesses that a second brings. */
export function stepsPerSecond(witnesses: number): number {
  return (witnesses * STEPS.atOnce * 1_000) / STEPS.everyMs;
}
