import { readFileSync } from 'node:fs';

/** How busy this machine was, with everything that runs on it; interrupts and time that its host took count as busy. Linux alone. */
export class CpuMeter {
  private before = times();

  /** @returns the share since it was asked last, from 0 to 1 */
  busy(): number {
    const now = times();
    const all = now.all - this.before.all;
    const free = now.free - this.before.free;
    this.before = now;
    return all === 0 ? 0 : 1 - free / all;
  }
}

/** From the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal, in ticks; man proc_stat(5). */
function times(): { readonly all: number; readonly free: number } {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n', 1) as [string];
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  // What waits for a disk leaves the processor to others.
  return { all: ticks.reduce((sum, one) => sum + one, 0), free: ticks[3]! + ticks[4]! };
}
