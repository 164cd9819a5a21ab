import { spawn } from 'node:child_process';
import { CliError } from '../exit.js';

/** Runs a program to its end. @throws CliError with what it printed, when it fails or is not there */
export type RunProgram = (
  program: string,
  args: readonly string[],
  options: { readonly cwd: string },
) => Promise<string>;

/** How much of a failed program's output is shown, characters. */
const SHOWN = 4_000;

/** @param variables its environment; what npm tells the scripts it runs is left out, for it is about another project */
export function programRunner(
  variables: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): RunProgram {
  const env = Object.fromEntries(
    Object.entries(variables).filter(
      ([name]) =>
        !/^(npm_(?!config_)|npm_config_(local_prefix|prefix|global|workspace|workspaces)$|INIT_CWD$)/i.test(
          name,
        ),
    ),
  );
  return (program, args, { cwd }) =>
    new Promise((resolve, reject) => {
      const line = [program, ...args].join(' ');
      const child = spawn(program, args, {
        cwd,
        env,
        signal,
        stdio: ['ignore', 'pipe', 'pipe'],
        // npm and pnpm are scripts there.
        shell: process.platform === 'win32',
      });
      let output = '';
      const gather = (chunk: Buffer) => (output += chunk.toString('utf8'));
      child.stdout.on('data', gather);
      child.stderr.on('data', gather);
      child.on('error', (cause: NodeJS.ErrnoException) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const why = cause.code === 'ENOENT' ? `${program} is not installed, or not on PATH` : cause.message;
        reject(new CliError('TRAMLINE_PROGRAM', `${line} could not be run: ${why}.`, undefined, { cause }));
      });
      child.on('close', (code) => {
        if (code === 0) return resolve(output);
        reject(
          new CliError(
            'TRAMLINE_PROGRAM',
            `${line} in ${cwd} ended with ${code}:\n${output.slice(-SHOWN).trim()}`,
          ),
        );
      });
    });
}
