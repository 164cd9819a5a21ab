import { NotRunError, type Bench, type Benchmark } from '../benchmark.ts';
import { monotonic } from './monotonic.ts';
import { rowNotRun, type Row } from './row.ts';

/** A row, and the benchmark that it is of. */
export interface RunRow extends Row {
  readonly benchmark: string;
}

/** Runs one benchmark after the other, also after one that failed, and cleans up behind each. */
export async function runAll(
  benchmarks: readonly Benchmark[],
  { progress, ...bench }: Bench,
): Promise<{ readonly rows: readonly RunRow[]; readonly failed: boolean }> {
  const rows: RunRow[] = [];
  let failed = false;
  for (const benchmark of benchmarks) {
    const { name } = benchmark;
    const began = monotonic();
    progress(`${name}: ${bench.rounds} ${bench.rounds === 1 ? 'round' : 'rounds'}`);
    try {
      const measured = await benchmark.run({ ...bench, progress: (line) => progress(`  ${line}`) });
      rows.push(...measured.map((row) => ({ ...row, benchmark: name })));
    } catch (error) {
      if (error instanceof NotRunError) {
        progress(`${name} NOT RUN`);
        rows.push({ ...rowNotRun(name, error.message), benchmark: name });
        continue;
      }
      failed = true;
      progress(`${name} FAILED: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      await bench.workspace.clean();
      progress(`  ${Math.round((monotonic() - began) / 1_000)} s`);
    }
  }
  return { rows, failed };
}
