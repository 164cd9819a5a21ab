import { Worker } from 'node:worker_threads';
import type { SimulationName } from '../simulation.ts';
import type { Caught, PlantedTask } from './worker.ts';

/** Plants a bug in a thread of its own and runs seeds from 1 on until one breaks a rule. */
export function catchBug(
  simulation: SimulationName,
  name: string,
  seeds: number,
): Promise<Caught | undefined> {
  const task: PlantedTask = { simulation, name, seeds };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task, execArgv: [] });
  return new Promise<Caught | undefined>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`The thread with the bug '${name}' ended with code ${code}.`)),
    );
  }).finally(() => void worker.terminate());
}
