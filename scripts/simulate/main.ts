import { availableParallelism } from 'node:os';
import { parseOptions, USAGE, UsageError, type SimulateOptions } from './options.ts';
import { bugsOf } from './planted/all-bugs.ts';
import { catchBug } from './planted/catch-bug.ts';
import { runSeeds } from './pool.ts';
import { reportFailure } from './report.ts';
import { loadSimulation } from './simulation.ts';

/** `npm run simulate`: see USAGE and docs/simulation.md. */
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args, availableParallelism());
    if (options === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    if (options.planted) return await runPlanted(options);
    return options.single ? await runOne(options) : await runMany(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

async function runOne({ simulation, from }: SimulateOptions): Promise<number> {
  const { run } = await loadSimulation(simulation);
  const outcome = await run(from);
  process.stdout.write(`${outcome.trace.join('\n')}\ntrace ${outcome.hash}\n`);
  if (outcome.violations.length > 0) process.stdout.write(await reportFailure(outcome, simulation));
  return summary(1, outcome.violations.length);
}

async function runMany({ simulation, from, seeds, workers }: SimulateOptions): Promise<number> {
  const began = performance.now();
  let done = 0;
  let violations = 0;
  let told = began;
  await runSeeds(simulation, from, seeds, workers, ({ count, failures, report }) => {
    done += count;
    for (const { seed, rules } of failures) {
      violations += rules.length;
      process.stdout.write(`seed ${seed}: ${[...new Set(rules)].join(', ')}\n`);
    }
    if (report !== undefined) process.stdout.write(report);
    if (performance.now() - told < 2_000) return;
    told = performance.now();
    const rate = (done * 1_000) / (told - began);
    process.stderr.write(
      `${done} of ${seeds} seeds, ${rate.toFixed(0)} a second, ${violations} violations\n`,
    );
  });
  process.stderr.write(`${((done * 1_000) / (performance.now() - began)).toFixed(0)} seeds a second\n`);
  return summary(done, violations);
}

async function runPlanted({ simulation, seeds }: SimulateOptions): Promise<number> {
  let missed = 0;
  const bugs = bugsOf(simulation);
  for (const { name } of bugs) {
    const caught = await catchBug(simulation, name, seeds);
    if (!caught) missed++;
    process.stdout.write(`| ${name} | ${caught ? `${caught.seed} | ${caught.rule}` : 'not seen |'} |\n`);
  }
  process.stdout.write(`${bugs.length} planted bugs, ${missed} not seen within ${seeds} seeds\n`);
  return missed > 0 ? 1 : 0;
}

function summary(seeds: number, violations: number): number {
  process.stdout.write(`${seeds} seeds, ${violations} violations\n`);
  return violations > 0 ? 1 : 0;
}
