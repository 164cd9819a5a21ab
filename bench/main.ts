import { join } from 'node:path';
import { benchmarks } from './benchmarks.ts';
import type { Bench } from './benchmark.ts';
import { gateOf, gates } from './gate.ts';
import { parseOptions, USAGE, UsageError, type BenchOptions } from './options.ts';
import { thisMachine } from './report/machine.ts';
import { store } from './report/store.ts';
import { monotonic } from './run/monotonic.ts';
import { jsonOf } from './run/row.ts';
import { runAll } from './run/run-all.ts';
import { SharedBroker } from './run/shared-broker.ts';
import { SharedPostgres } from './run/shared-postgres.ts';
import { table } from './run/table.ts';
import { Workspace } from './run/workspace.ts';

const ROOT = join(import.meta.dirname, '..');
/**
 * Beside the data of `npm start`, on the disk of the checkout: a temporary directory may lie in memory, where a sync
 * costs nothing.
 */
const DATA = join(ROOT, '.tramline');
const NAMES = benchmarks.map(({ name }) => name);

try {
  const options = parseOptions(process.argv.slice(2), NAMES);
  if (options === 'help') process.stdout.write(USAGE);
  else await prepared(options, options.gate ? pass : measure);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}

/** Gives `work` what benchmarks run with, and leaves nothing of it behind. */
async function prepared(
  options: BenchOptions,
  work: (bench: Bench, options: BenchOptions) => Promise<void>,
): Promise<void> {
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
  const { rounds, full } = options;
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  const { brokers } = kafka;
  const { url: postgres } = database;
  try {
    await work({ rounds, full, workspace, brokers, postgres, progress }, options);
  } finally {
    await stop();
  }
}

async function measure(bench: Bench, { names, json, store: keep }: BenchOptions): Promise<void> {
  const [began, date, machine] = [monotonic(), new Date(), thisMachine()];
  const chosen = benchmarks.filter(({ name }) => names.includes(name));
  const { rows, failed } = await runAll(chosen, bench);
  process.stdout.write(json ? `${JSON.stringify(rows.map(jsonOf), null, 2)}\n` : `\n${table(rows)}`);
  if (failed) process.exitCode = 1;
  if (keep && failed) bench.progress('nothing is stored: what failed would keep the figures of another day');
  else if (keep) {
    const seconds = Math.round((monotonic() - began) / 1_000);
    for (const path of store(ROOT, { date, seconds, machine, rows }, NAMES)) bench.progress(`wrote ${path}`);
  }
}

async function pass(bench: Bench): Promise<void> {
  const { lines, passed } = await gateOf(gates, bench);
  process.stdout.write(`\n${lines.join('\n')}\n`);
  if (!passed) process.exitCode = 1;
}
