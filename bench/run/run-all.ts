import type { Bench, Benchmark } from '../benchmark.ts';
import type { Row } from './row.ts';

/** Runs one benchmark after the other, also after one that failed, and cleans up behind each. */
export async function runAll(
  benchmarks: readonly Benchmark[],
  { rounds, workspace, progress }: Bench,
): Promise<{ readonly rows: readonly Row[]; readonly failed: boolean }> {
  const rows: Row[] = [];
  let failed = false;
  for (const benchmark of benchmarks) {
    progress(`${benchmark.name}: ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`);
    try {
      rows.push(...(await benchmark.run({ rounds, workspace, progress: (line) => progress(`  ${line}`) })));
    } catch (error) {
      failed = true;
      progress(`${benchmark.name} FAILED: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      await workspace.clean();
    }
  }
  return { rows, failed };
}
