import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { Cli, type Register } from './cli.js';
import { ClosedPipeError, type Env } from './env.js';
import { EXIT, reportOf, type Exit } from './exit.js';
import { register as asyncapi } from './commands/asyncapi.js';
import { register as dead } from './commands/dead.js';
import { register as doctor } from './commands/doctor.js';
import { register as generate } from './commands/generate.js';
import { register as groups } from './commands/groups.js';
import { register as init } from './commands/init.js';
import { register as newWorkspace } from './commands/new.js';
import { register as outbox } from './commands/outbox.js';
import { register as publish } from './commands/publish.js';
import { register as relay } from './commands/relay.js';
import { register as replay } from './commands/replay.js';
import { register as retries } from './commands/retries.js';
import { register as tail } from './commands/tail.js';
import { register as topics } from './commands/topics.js';

export { processEnv } from './process-env.js';

/**
 * The command `tramline`. What to know before adding a command:
 *
 * 1. `src/commands/<name>.ts` declares it (name, options, help with examples) and exports that as `register: Register`; add it
 *    to {@link COMMANDS} below, in the order of the help. It imports nothing but types and `commander`, since every run of
 *    `tramline` loads it. A group of commands (`topics list`, `topics create`) begins with `cli.group`.
 * 2. What it does lies in `src/commands/<name>/<verb>.ts` and is imported when it runs:
 *
 *        cli.command(topics, 'list', { about: 'list topics', connects: true, examples: [['tramline topics list', 'all of them']] })
 *          .option('--all', 'also those that groups keep for themselves')
 *          .action(cli.action<[ListOptions]>(async (session, options) =>
 *            (await import('./topics/list.js')).listTopics(session, options)));
 *
 *    `connects` gives it the options of a system, `changes` gives it --dry-run and --yes; --json, --no-color and --verbose it
 *    has anyway. Options that commander takes as text are parsed by the functions of `src/options/`, which throw `usageError`.
 * 3. It works with a {@link Session}: `session.ops()` (of `@tramline/core/ops`, opened and closed for it, and known to be
 *    reachable), `session.output` (say both forms: `output.json(value)` and `output.table(…)`), `session.signal` (Ctrl-C),
 *    `session.confirm('Delete 3 topics?')` before anything is destroyed, unless `options.dryRun`.
 * 4. It throws. Errors of core are told by their `code` (`exit.ts` maps codes to exit codes; add yours); what only the command
 *    knows is a `CliError` with a message that names the fix.
 * 5. Its spec runs it with `runCli(['topics', 'list'], …)` of `spec-support/run-cli.ts`, in-process; the bin itself is tried by
 *    `bin.spec.ts`. Its help is part of docs/cli.md: `npx vitest run libs/cli/src/reference.spec.ts -u` writes it anew.
 */
const COMMANDS: readonly Register[] = [
  newWorkspace,
  init,
  generate,
  topics,
  groups,
  dead,
  retries,
  replay,
  outbox,
  relay,
  publish,
  tail,
  asyncapi,
  doctor,
];

/** Runs one command line. Never rejects. @returns the exit code */
export async function main(env: Env): Promise<Exit> {
  const writing = new Set<Promise<void>>();
  const program = programOf(env, (promise) => writing.add(promise));
  try {
    await program.parseAsync([...env.argv], { from: 'user' });
    return EXIT.ok;
  } catch (thrown) {
    return await fail(thrown, env);
  } finally {
    await Promise.allSettled(writing);
  }
}

/** The whole tree of commands. @param onWriting - told of help and complaints on their way out */
export function programOf(env: Env, onWriting: (writing: Promise<void>) => void = () => {}): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command('tramline')
    .description('Operates and generates event-driven NestJS services.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText(
      'after',
      `
Exit codes: 0 ok, 1 failure, 2 usage, 3 not reachable, 4 refused.

Examples:
  $ tramline publish user.registered '{"userId":"u1"}'
  $ tramline help publish`,
    );
  const cli = new Cli(env);
  for (const register of COMMANDS) register(program, cli);
  intercept(program, env, onWriting);
  return program;
}

/** Commander writes to the Env, throws in place of ending the process, and knows the width of the terminal. */
function intercept(command: Command, env: Env, onWriting: (writing: Promise<void>) => void): void {
  const width = (columns: number) => Math.min(Number.isFinite(columns) ? columns : 100, 110);
  const write = (sink: Env['stdout']) => (text: string) => onWriting(sink.write(text));
  command.exitOverride().configureOutput({
    writeOut: write(env.stdout),
    writeErr: write(env.stderr),
    getOutHelpWidth: () => width(env.stdout.columns),
    getErrHelpWidth: () => width(env.stderr.columns),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  for (const child of command.commands) intercept(child, env, onWriting);
}

async function fail(thrown: unknown, env: Env): Promise<Exit> {
  // Commander has said what there was to say.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const report = reportOf(thrown);
  if (!report) return EXIT.ok;
  const { code, message, faults, exit } = report;
  const stack = env.argv.includes('--verbose') && thrown instanceof Error ? thrown.stack : undefined;
  const text = env.argv.includes('--json')
    ? JSON.stringify({
        error: { code, message, ...(faults.length > 0 && { faults }), ...(stack && { stack }) },
      })
    : [
        `tramline: ${message}`,
        ...faults.filter((fault) => !message.includes(fault)).map((fault) => `  - ${fault}`),
        ...(stack ? [stack] : []),
      ].join('\n');
  try {
    await env.stderr.write(`${text}\n`);
  } catch (error) {
    if (!(error instanceof ClosedPipeError)) throw error;
  }
  return exit;
}
