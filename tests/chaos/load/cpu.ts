import { cpus } from 'node:os';

/** How busy this machine was, with everything that runs on it. */
export class CpuMeter {
  private before = times();

  /** @returns the share since it was asked last, from 0 to 1 */
  busy(): number {
    const now = times();
    const all = now.all - this.before.all;
    const idle = now.idle - this.before.idle;
    this.before = now;
    return all === 0 ? 0 : 1 - idle / all;
  }
}

function times(): { readonly all: number; readonly idle: number } {
  let all = 0;
  let idle = 0;
  for (const { times: one } of cpus()) {
    all += one.user + one.nice + one.sys + one.irq + one.idle;
    idle += one.idle;
  }
  return { all, idle };
}
