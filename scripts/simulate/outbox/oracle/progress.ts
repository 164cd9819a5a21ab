import type { World } from '../world/world.ts';
import type { Oracle } from './oracle.ts';

/** Beside two leases: floor, polls, waits after errors. */
const PATIENCE_MS = 30_000;

/**
 * Rows that a relay could read and bring on their way, and that nobody brings: not on hold, not dead, no trouble for a long
 * time. A page that is full of rows that wait, or a scan that starts too high, shows here.
 */
export function checkProgress(world: World): void {
  const { database, oracle, troubles, scenario } = world;
  if (!world.processes.some(({ relays }) => relays)) return;
  const now = world.clock.monotonic();
  for (const row of database.rows) {
    const event = oracle.events.get(row.id)!;
    if (row.state !== 'pending' || database.isHeld(row)) continue;
    const since = Math.max(event.readyAt, troubles.last(row.topic), world.lastLift, world.lastChange);
    const patience = scenario.lease * 2 + PATIENCE_MS;
    if (now - since <= patience || now - lastBefore(row.rowId, oracle) <= patience) continue;
    oracle.trace.broken('starved', `${row.id}, row ${row.rowId}, waits since ${since}, and nothing keeps it`);
    return;
  }
}

/** When a row before this one landed last: a relay that comes nearer, a page of one row after the other, is slow and not stuck. */
function lastBefore(rowId: number, { events }: Oracle): number {
  let last = -Infinity;
  for (const event of events.values())
    if ((event.rowId ?? Infinity) < rowId) last = Math.max(last, event.lastAt ?? -Infinity);
  return last;
}
