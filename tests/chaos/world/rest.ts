import { writeFileSync } from 'node:fs';
import { until } from '../../../scripts/soak/world/until.ts';
import { onItsWay } from '../checker/at-rest.ts';
import type { ChaosWorld } from './chaos-world.ts';
import { restFile } from './services.ts';

/**
 * Nobody writes anything new; waits until nothing is on its way.
 * @param since - milliseconds since 1970
 * @returns milliseconds from there; undefined: it took longer than `withinMs`
 */
export async function rest(world: ChaosWorld, since: number, withinMs: number): Promise<number | undefined> {
  writeFileSync(restFile(world.folder), '');
  const patienceMs = since + withinMs - Date.now();
  const reached = await until(async () => (await onItsWay(world)).size === 0, patienceMs);
  return reached ? Date.now() - since : undefined;
}
