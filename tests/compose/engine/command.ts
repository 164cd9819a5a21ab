import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How much of what a command wrote is kept, in characters: its end, where it says what was wrong. */
const KEPT = 20_000;

/** Runs a program to its end. @returns what it wrote to its standard output @throws Error with all that it wrote, when it fails */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let everything = '';
  const keep = (text: string) => (everything = (everything + text).slice(-KEPT));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    keep(text);
  });
  child.stderr.setEncoding('utf8').on('data', keep);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${everything}`);
  return output;
}

/** Whether a program is there and does this without complaint. */
export async function works(
  program: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<boolean> {
  return run(program, args, { ...(env && { env }) }).then(
    () => true,
    () => false,
  );
}
