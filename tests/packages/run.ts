import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  /** Added to the environment of this process, unless it has a PATH of its own: then it is the whole. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end and returns what it printed; fails with all of it when the program does. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: env?.['PATH'] === undefined ? { ...process.env, ...env } : env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else
        reject(new Error(`${program} ${args.join(' ')} in ${cwd} ended with ${code}\n${stdout}\n${stderr}`));
    });
  });
}
