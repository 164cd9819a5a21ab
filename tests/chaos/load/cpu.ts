import { cpus } from 'node:os';

/**
 * How busy this machine was, with everything that runs on it. What waits for a disk is as free as what waits for nothing, and
 * `cpus()` counts it nowhere: so time in use is held against the clock, not against time idle.
 */
export class CpuMeter {
  private before = usage();

  /** @returns the share since it was asked last, from 0 to 1 */
  busy(): number {
    const now = usage();
    const passed = now.at - this.before.at;
    const used = now.used - this.before.used;
    this.before = now;
    return passed <= 0 ? 0 : Math.min(1, used / passed);
  }
}

/** Milliseconds in use, and passed, of all processors together. */
function usage(): { readonly at: number; readonly used: number } {
  const all = cpus();
  const used = all.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { at: performance.now() * all.length, used };
}
