import { setTimeout as pause } from 'node:timers/promises';
import type { Growth } from '../checker/growth.ts';
import type { Recovery } from '../checker/recovery.ts';
import type { Scene } from './fault.ts';
import { plan } from './plan.ts';

/** A fault that was injected. */
export interface InjectedFault {
  /** With whom it met. */
  readonly name: string;
  /** When it began, milliseconds since 1970. */
  readonly at: number;
  readonly lastedMs: number;
  /** From its end until all that had been committed by then was done. */
  readonly recoveredMs: number | undefined;
}

/** One that takes longer than this has not recovered. */
const RECOVERY_MS = 60_000;

/**
 * One fault after the other, each when everything has recovered from the one before.
 * @param until - as `performance.now()`: none begins later
 * @param least - so many come, however late
 */
export async function injectFaults(
  seed: number,
  until: number,
  least: number,
  scene: Omit<Scene, 'random'>,
  recovery: Recovery,
  growth: Growth,
  say: (line: string) => void,
): Promise<InjectedFault[]> {
  const injected: InjectedFault[] = [];
  for (const { fault, random, afterMs } of plan(seed)) {
    await growth.look();
    await pause(afterMs);
    if (performance.now() > until && injected.length >= least) break;
    const at = Date.now();
    const met = await fault.inject({ ...scene, random }).catch((error: Error) => {
      scene.violations.push({ text: `${fault.name}: ${error.message}` });
    });
    const lastedMs = Date.now() - at;
    const name = met ? `${fault.name} (${met})` : fault.name;
    const recovered = await recovery.measure(RECOVERY_MS);
    const recoveredMs = typeof recovered === 'number' ? recovered : undefined;
    injected.push({ name, at, lastedMs, recoveredMs });
    const how = recoveredMs === undefined ? 'did not recover' : `recovered in ${seconds(recoveredMs)}`;
    say(`${name}: lasted ${seconds(lastedMs)}, ${how}`);
    if (typeof recovered !== 'number')
      for (const { text, subject } of recovered)
        scene.violations.push({ text: `${name}: 60 s after it ${text}`, subject });
    scene.violations.push(...scene.world.fallen());
    if (scene.violations.length > 0) break;
  }
  return injected;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
