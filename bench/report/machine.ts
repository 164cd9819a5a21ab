import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** What a run was measured on. Without it no figure means anything. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  /** GiB, rounded. */
  readonly memory: number;
  /** Its kind and version, as far as others have the same. */
  readonly os: string;
  /** As `process.version`. */
  readonly node: string;
  /** Processes that wanted a core in the minute before the run, on average. On Windows always 0. */
  readonly load: number;
}

/** This machine, as it is now. */
export function thisMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memory: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release().split('.').slice(0, 2).join('.')}`,
    node: process.version,
    load: Math.round(loadavg()[0]! * 10) / 10,
  };
}

/** In one line, for people. */
export function inWords({ cores, cpu, memory, os, node, load }: Machine): string {
  return `${cores} ${cores === 1 ? 'core' : 'cores'} (${cpu}), ${memory} GiB, ${os}, Node ${node.slice(1)}, load before ${load}`;
}
