import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './sample-system.ts';
import { until } from './until.ts';

/** `npm start` as a test sees it: what it prints, and how it ends. */
export class StartScript {
  readonly child: ChildProcess;
  output = '';
  private readonly ended: Promise<unknown[]>;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [join(ROOT, 'scripts', 'start', 'main.ts'), ...args], {
      cwd: ROOT,
      // As in ServiceProcess.
      env: { ...process.env, DATABASE_URL: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (text) => (this.output += String(text)));
    }
    this.ended = once(this.child, 'close');
  }

  /** Resolves with the match when the output has it. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    return until(`the output to match ${pattern}`, () => {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (this.child.exitCode !== null)
        throw new Error(`It ended with ${this.child.exitCode}:\n${this.output}`);
      return undefined;
    }).catch((cause: unknown) => {
      throw new Error(`Not printed: ${pattern}\n${this.output}`, { cause });
    });
  }

  /** Resolves with the exit code when it has ended by itself. */
  async exit(): Promise<unknown> {
    const [code] = await this.ended;
    return code;
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<unknown> {
    this.child.kill(signal);
    return this.exit();
  }
}
