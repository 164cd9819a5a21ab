import type { SimulationName } from '../simulation.ts';
import { PLANTED_BUGS, type PlantedBug } from './bugs.ts';
import { OUTBOX_BUGS } from './outbox-bugs.ts';

/** Every bug that can be planted. Names are unique among all. */
export const ALL_BUGS: readonly PlantedBug[] = [...PLANTED_BUGS, ...OUTBOX_BUGS];

/** Those that one simulation must see. */
export function bugsOf(simulation: SimulationName): readonly PlantedBug[] {
  return simulation === 'runtime' ? PLANTED_BUGS : OUTBOX_BUGS;
}
