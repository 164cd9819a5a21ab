import { Worker } from 'node:worker_threads';
import type { SimulationName } from './simulation.ts';
import type { Result, Task } from './worker.ts';

/** Seeds that a worker runs between two words to us. */
const CHUNK = 25;

/** A failure is shrunk and shown in full so many times; of more only the seed is told. */
const REPORTS = 3;

/**
 * Runs seeds on several threads, in chunks, each worker the next one as soon as it is done.
 * @param told - called after each chunk
 */
export async function runSeeds(
  simulation: SimulationName,
  from: number,
  seeds: number,
  workers: number,
  told: (result: Result) => void,
): Promise<void> {
  let next = from;
  let reports = 0;
  const run = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      const give = () => {
        const count = Math.min(CHUNK, from + seeds - next);
        if (count <= 0) return resolve();
        worker.postMessage({ from: next, count, report: reports < REPORTS } satisfies Task);
        next += count;
      };
      worker.on('message', (result: Result) => {
        if (result.report !== undefined) reports++;
        told(result);
        give();
      });
      worker.on('error', reject);
      worker.on('exit', (code) =>
        reject(new Error(`A worker ended with code ${code} in the middle of its seeds.`)),
      );
      give();
    });
  const threads = Array.from(
    { length: Math.min(workers, Math.ceil(seeds / CHUNK)) },
    () => new Worker(new URL('./worker.ts', import.meta.url), { workerData: simulation }),
  );
  try {
    await Promise.all(threads.map(run));
  } finally {
    await Promise.all(threads.map((worker) => worker.terminate()));
  }
}
