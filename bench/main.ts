import { join } from 'node:path';
import { benchmarks } from './benchmarks.ts';
import { parseOptions, USAGE, UsageError, type BenchOptions } from './options.ts';
import { runAll } from './run/run-all.ts';
import { SharedBroker } from './run/shared-broker.ts';
import { SharedPostgres } from './run/shared-postgres.ts';
import { table } from './run/table.ts';
import { Workspace } from './run/workspace.ts';

/**
 * Beside the data of `npm start`, on the disk of the checkout: a temporary directory may lie in memory, where a sync
 * costs nothing.
 */
const DATA = join(import.meta.dirname, '..', '.tramline');

try {
  const options = parseOptions(
    process.argv.slice(2),
    benchmarks.map(({ name }) => name),
  );
  if (options === 'help') process.stdout.write(USAGE);
  else await run(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}

async function run({ names, rounds, json }: BenchOptions): Promise<void> {
  const workspace = new Workspace(DATA);
  const kafka = new SharedBroker();
  const database = new SharedPostgres();
  const stop = () => Promise.all([kafka.stop(), database.stop()]);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      workspace.abandon();
      void stop().finally(() => process.exit(code));
    });
  }
  const chosen = benchmarks.filter(({ name }) => names.includes(name));
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  const { brokers } = kafka;
  const { url: postgres } = database;
  const { rows, failed } = await runAll(chosen, { rounds, workspace, brokers, postgres, progress });
  await stop();
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : `\n${table(rows)}`);
  if (failed) process.exitCode = 1;
}
