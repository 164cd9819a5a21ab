import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CliRun } from './run-cli.js';

const BIN = fileURLToPath(new URL('../bin/tramline.js', import.meta.url));

export interface BinOptions {
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** Starts the built command as a process of its own. */
export function spawnBin(argv: readonly string[], options: BinOptions = {}): ChildProcess {
  return spawn(process.execPath, [BIN, ...argv], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], ...options.variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs it to its end. */
export async function runBin(argv: readonly string[], options: BinOptions = {}): Promise<CliRun> {
  const child = spawnBin(argv, options);
  const texts = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk) => (texts.stdout += String(chunk)));
  child.stderr!.on('data', (chunk) => (texts.stderr += String(chunk)));
  // It may end without having read what it is given.
  child.stdin!.on('error', () => undefined);
  child.stdin!.end(options.stdin ?? '');
  const exit = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  return { exit, ...texts };
}
