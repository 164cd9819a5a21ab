import { SeededRandom } from '@tramline/testing';
import { DEPLOYMENTS } from './deployment.ts';
import { between, type Family, type Fault, type Scene } from './fault.ts';
import { GATEWAY_FAULTS } from './gateway.ts';
import { HOLDS } from './holds.ts';
import { BROKER_KILLS, DATABASE_KILLS, RELAY_KILLS, SERVICE_KILLS } from './kills.ts';
import { CUTS, SLOWNESS, STALLS } from './network.ts';
import { POISON_FAULTS } from './poison.ts';

export const FAMILIES: readonly Family[] = [
  SERVICE_KILLS,
  RELAY_KILLS,
  BROKER_KILLS,
  DATABASE_KILLS,
  HOLDS,
  CUTS,
  STALLS,
  SLOWNESS,
  GATEWAY_FAULTS,
  POISON_FAULTS,
  DEPLOYMENTS,
];

/** A fault, when it comes, and the chance that is its own: what it draws does not depend on when it runs. */
export interface PlannedFault extends Pick<Scene, 'random'> {
  readonly fault: Fault;
  /** After everything has recovered from the one before. */
  readonly afterMs: number;
}

/** Rounds without an end. Each has one fault of every family, in an order that is drawn; the next round has the families' next. */
export function* plan(seed: number, families: readonly Family[] = FAMILIES): Generator<PlannedFault, never> {
  const random = new SeededRandom(seed);
  const first = families.map(({ length }) => Math.floor(random.next() * length));
  for (let round = 0; ; round++) {
    const faults = families.map((family, index) => family[(first[index]! + round) % family.length]!);
    for (const fault of shuffled(faults, random)) {
      const own = new SeededRandom(Math.floor(random.next() * 2 ** 32));
      yield { fault, random: own, afterMs: between({ random }, 500, 3_000) };
    }
  }
}

function shuffled<T>(all: readonly T[], random: SeededRandom): T[] {
  return all
    .map((one) => ({ one, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
