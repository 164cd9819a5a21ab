import { fileURLToPath } from 'node:url';
import { boundaries } from './boundaries.ts';
import { type Checker, describeFault, type Fault } from './checker.ts';
import { commandChecker } from './command.ts';
import { dependencies } from './dependencies.ts';
import { figures } from './figures.ts';
import { publicApi } from './public-api.ts';
import { snippets } from './snippets.ts';
import { timePorts } from './time-ports.ts';

/**
 * `npm run check`: everything that must hold besides the tests. All checks run, all faults are shown, and the table at
 * the end says which check found how many. `-- --update` rewrites what is generated, API reports, snippets and figures;
 * other words choose checks by the start of their name (`npm run check -- lint import`).
 */
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
const words = process.argv.slice(2);
const update = words.includes('--update');
const chosen = words.filter((word) => !word.startsWith('--'));

// Types come first, alone: they build the declarations that lint and the API reports read.
const types = commandChecker('types', [
  ['tsc', '-b'],
  ['tsc', '-p', 'tsconfig.spec.json', '--noEmit'],
]);
const others = [
  commandChecker('lint', [['oxlint']]),
  commandChecker('format', [['prettier', '--check', '--log-level', 'warn', '.']]),
  commandChecker('dead exports', [['knip', '--no-progress']]),
  boundaries,
  timePorts,
  dependencies,
  publicApi,
  snippets,
  figures,
];

const isChosen = ({ name }: Checker) => chosen.length === 0 || chosen.some((word) => name.startsWith(word));
const results = [...(await runAll([types].filter(isChosen))), ...(await runAll(others.filter(isChosen)))];

for (const { name, faults } of results)
  for (const fault of faults) console.log(`\n${name}: ${describeFault(fault)}`);
console.log('');
for (const { name, faults, seconds } of results)
  console.log(
    `${faults.length === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(22)} ${seconds.toFixed(1).padStart(5)} s`,
  );
const failed = results.filter(({ faults }) => faults.length > 0).length;
console.log(`\n${results.length - failed} checks passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function runAll(checkers: readonly Checker[]): Promise<readonly Result[]> {
  return Promise.all(checkers.map(runOne));
}

async function runOne(checker: Checker): Promise<Result> {
  const start = performance.now();
  const faults = await checker.run({ root, update }).catch((error: unknown): readonly Fault[] => [
    {
      message: `could not run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    },
  ]);
  return { name: checker.name, faults, seconds: (performance.now() - start) / 1000 };
}

interface Result {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly seconds: number;
}
