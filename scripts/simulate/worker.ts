import { parentPort, workerData } from 'node:worker_threads';
import { reportFailure } from './report.ts';
import { loadSimulation, type SimulationName } from './simulation.ts';

/** Seeds that a worker is to run. `report`: tell all about the first failure among them. */
export interface Task {
  readonly from: number;
  readonly count: number;
  readonly report: boolean;
}

/** What came of them. */
export interface Result {
  readonly count: number;
  /** Violations by seed, of failing seeds only. */
  readonly failures: readonly { readonly seed: number; readonly rules: readonly string[] }[];
  readonly report: string | undefined;
}

const name = workerData as SimulationName;

// Errors are thrown by the hundred on purpose, and taking their stacks costs a tenth of all time.
Error.stackTraceLimit = 0;

parentPort?.on('message', (task: Task) => void work(task).then((result) => parentPort?.postMessage(result)));

async function work({ from, count, report }: Task): Promise<Result> {
  const failures: { seed: number; rules: string[] }[] = [];
  let text: string | undefined;
  const simulation = await loadSimulation(name);
  for (let seed = from; seed < from + count; seed++) {
    const outcome = await simulation.run(seed);
    if (outcome.violations.length === 0) continue;
    failures.push({ seed, rules: outcome.violations.map(({ rule }) => rule) });
    if (report) text ??= await reportFailure(outcome, name);
  }
  return { count, failures, report: text };
}
