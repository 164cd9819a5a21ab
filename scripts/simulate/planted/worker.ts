import { parentPort, workerData } from 'node:worker_threads';
import { loadSimulation, type SimulationName } from '../simulation.ts';
import { plant } from './plant.ts';

/** Which bug is to be planted, and how many seeds may try to see it. */
export interface PlantedTask {
  readonly simulation: SimulationName;
  readonly name: string;
  readonly seeds: number;
}

/** Seed and rule that saw it. */
export interface Caught {
  readonly seed: number;
  readonly rule: string;
}

Error.stackTraceLimit = 0;
const { simulation, name, seeds } = workerData as PlantedTask;
const assertPlanted = plant(name);
const { run } = await loadSimulation(simulation);
assertPlanted();
parentPort?.postMessage(await firstViolation());

async function firstViolation(): Promise<Caught | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations } = await run(seed);
    if (violations[0]) return { seed, rule: violations[0].rule };
  }
  return undefined;
}
