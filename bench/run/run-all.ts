import { NotRunError, type Bench, type Benchmark } from '../benchmark.ts';
import { rowNotRun, type Row } from './row.ts';

/** Runs one benchmark after the other, also after one that failed, and cleans up behind each. */
export async function runAll(
  benchmarks: readonly Benchmark[],
  { progress, ...bench }: Bench,
): Promise<{ readonly rows: readonly Row[]; readonly failed: boolean }> {
  const rows: Row[] = [];
  let failed = false;
  for (const benchmark of benchmarks) {
    progress(`${benchmark.name}: ${bench.rounds} ${bench.rounds === 1 ? 'round' : 'rounds'}`);
    try {
      rows.push(...(await benchmark.run({ ...bench, progress: (line) => progress(`  ${line}`) })));
    } catch (error) {
      if (error instanceof NotRunError) {
        progress(`${benchmark.name} NOT RUN`);
        rows.push(rowNotRun(benchmark.name, error.message));
        continue;
      }
      failed = true;
      progress(`${benchmark.name} FAILED: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      await bench.workspace.clean();
    }
  }
  return { rows, failed };
}
