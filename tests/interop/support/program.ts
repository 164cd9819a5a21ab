import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that runs until it is stopped, and what it has printed. */
export class Program {
  output = '';
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(command: readonly string[], env: NodeJS.ProcessEnv) {
    const [program = '', ...args] = command;
    this.child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (text) => (this.output += String(text)));
    this.closed = once(this.child, 'close');
  }

  /** Whether it printed this. @throws Error with all it printed, when it has ended */
  printed(pattern: RegExp): boolean {
    if (pattern.test(this.output)) return true;
    if (this.child.exitCode !== null)
      throw new Error(`It ended with ${this.child.exitCode}:\n${this.output}`);
    return false;
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.child.kill('SIGINT');
    const deadline = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await this.closed;
    clearTimeout(deadline);
  }
}
