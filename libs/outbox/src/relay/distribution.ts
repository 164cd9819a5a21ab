import type { OutboxRow } from '@tramline/core/outbox';
import { Aside } from './aside.js';
import { Lane } from './lane.js';
import type { Leases } from './leases.js';
import type { Outage } from './outage.js';
import type { Outcomes, Taken } from './outcomes.js';
import type { Placement } from './placement.js';
import { RELAY } from './settings.js';
import type { TakenRows } from './taken-rows.js';
import { verdictOn } from './verdict.js';

/** What becomes of a page. */
export interface Distributed {
  /** How many rows are on their way, or going on hold. */
  readonly taken: number;
  /** How many must be read again. */
  readonly skipped: number;
  /** The lanes that those wait for, when all of them are slow; undefined when some wait for anything else. */
  readonly slow?: ReadonlySet<Lane> | undefined;
}

/** What a lane does with its rows of one page. */
interface Plan {
  readonly suspicion: ReturnType<Lane['suspicion']>;
  readonly load: Taken[];
}

/** What distributing needs of the relay around it. */
export interface DistributionPorts {
  readonly leases: Leases;
  readonly placement: Placement;
  readonly outage: Outage;
  readonly outcomes: Outcomes;
  readonly rows: TakenRows;
  readonly flightMs: number;
}

/** Brings the rows of pages into lanes. What a lane cannot take now is left in the table. */
export class Distribution {
  constructor(private readonly ports: DistributionPorts) {}

  /** @param page - lowest id first. @param waitedFor - lanes that rows before the page wait for: they take nothing of it */
  of(page: readonly OutboxRow[], waitedFor: ReadonlySet<Lane>): Distributed {
    const { leases, outcomes, rows } = this.ports;
    const before = rows.size;
    let skipped = 0;
    const aside = new Aside();
    // What a lane does with rows is decided once for the page: a key must not wait and fly at once.
    const plans = new Map<Lane, Plan>();
    const awaited = new Set<Lane | undefined>();
    for (const row of page) {
      if (rows.has(row) || !leases.holds(row.bucket)) continue;
      const lane = this.laneOf(row, aside);
      const plan = lane && planOf(lane, plans);
      if (plan?.suspicion) aside.delay(row, plan.suspicion.forMs, plan.suspicion.error);
      else if (plan && lane.free && !waitedFor.has(lane)) plan.load.push(rows.take(row));
      else {
        skipped++;
        awaited.add(lane);
      }
    }
    for (const row of aside.rows()) rows.take(row);
    aside.tell(outcomes);
    const taken = rows.size - before;
    for (const [lane, { load }] of plans) if (load.length > 0) void lane.run(load);
    return { taken, skipped, slow: allSlow(awaited) ? awaited : undefined };
  }

  private laneOf(row: OutboxRow, aside: Aside): Lane | undefined {
    const place = this.ports.placement.of(row);
    if (place instanceof Error) this.misplaced(row, place, aside);
    return place instanceof Lane ? place : undefined;
  }

  /** It has no lane: its partition is none, or the broker did not say which there are. */
  private misplaced(row: OutboxRow, error: Error, aside: Aside): void {
    const { outage, flightMs } = this.ports;
    const verdict = verdictOn(error);
    if (verdict !== 'away' && verdict !== 'broken') aside.refuse(row, error);
    else if (outage.isRefuted(flightMs)) aside.delay(row, RELAY.firstHoldMs, error);
    else outage.begin(error);
  }
}

function planOf(lane: Lane, plans: Map<Lane, Plan>): Plan {
  let plan = plans.get(lane);
  if (!plan) plans.set(lane, (plan = { suspicion: lane.suspicion(), load: [] }));
  return plan;
}

function allSlow(lanes: ReadonlySet<Lane | undefined>): lanes is ReadonlySet<Lane> {
  return lanes.size > 0 && [...lanes].every((lane) => lane?.slow);
}
