import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Checker, type Fault } from './checker.ts';

/** A checker that is a tool: what it prints is the report, a non-zero exit is the fault. */
export function commandChecker(name: string, commands: readonly (readonly string[])[]): Checker {
  return {
    name,
    async run({ root }) {
      const faults: Fault[] = [];
      for (const command of commands) {
        const { code, output } = await runCommand(root, command);
        if (code !== 0)
          faults.push({
            message: `${command.join(' ')} failed:\n${stripVTControlCharacters(output).trim()}`,
          });
      }
      return faults;
    },
  };
}

interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a tool of the workspace's own `node_modules/.bin`, with this very Node, and gathers both its streams. */
async function runCommand(root: string, [program = '', ...args]: readonly string[]): Promise<CommandResult> {
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
      // The tools are .cmd files on Windows, which only a shell can start.
      shell: process.platform === 'win32',
    });
    let output = '';
    const gather = (chunk: Buffer) => (output += chunk.toString('utf8'));
    child.stdout.on('data', gather);
    child.stderr.on('data', gather);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
