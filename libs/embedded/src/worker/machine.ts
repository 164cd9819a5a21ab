import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Milliseconds of the machine's monotonic clock. All processes of one boot share it and no change of the wall clock moves
 * it, so a heartbeat that one process wrote can be judged by another.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

export interface Machine {
  /** Differs between boots and between machines. */
  readonly bootId: string;
  readonly host: string;
}

export function thisMachine(): Machine {
  const host = hostname();
  return { bootId: readBootId() ?? `unknown:${host}`, host };
}

/**
 * Where a system tells no id of its boot, heartbeats still tell: after a boot the monotonic clock starts anew, and a
 * heartbeat from the future is as dead as one that is too old.
 */
function readBootId(): string | undefined {
  try {
    switch (process.platform) {
      case 'linux':
        return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      case 'darwin':
        return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim();
      case 'win32': {
        const key = String.raw`HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters`;
        const answer = execFileSync('reg', ['query', key, '/v', 'BootId'], { encoding: 'utf8' });
        const id = /0x[0-9a-f]+/i.exec(answer)?.[0];
        return id && `${hostname()}:${id}`;
      }
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}
