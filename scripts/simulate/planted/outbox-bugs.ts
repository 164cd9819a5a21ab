import type { PlantedBug } from './bugs.ts';

/** Mistakes in writer, store and relay, each of which the simulation of the outbox must see. */
export const OUTBOX_BUGS: readonly PlantedBug[] = [];
