import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** How long a foreign program may take, in milliseconds: generous, since a slow machine is no fault. */
const PATIENCE_MS = 240_000;

/** Runs a program to its end. @returns what it printed @throws Error with what it complained of, when it fails or takes too long */
export async function run(command: readonly string[], input = ''): Promise<string> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { timeout: PATIENCE_MS, killSignal: 'SIGKILL' });
  // Whoever ends early does not read it all, and its exit code tells.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [out, complaint, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code ?? signal}:\n${out}${complaint}`);
  return out;
}

/** As {@link run}; every line of the output is JSON. */
export async function runForJson<T>(command: readonly string[], input?: string): Promise<T[]> {
  const lines = (await run(command, input)).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T);
}
