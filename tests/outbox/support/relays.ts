import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Relays in processes of their own, that a test may kill. */
export class Relays {
  private readonly directory: string;
  private readonly running = new Set<ChildProcess>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Resolves when it relays, to what kills it. */
  async start(): Promise<() => Promise<void>> {
    const child = fork(join(import.meta.dirname, 'relay-process.ts'), [this.directory], { execArgv: [] });
    this.running.add(child);
    child.once('exit', () => this.running.delete(child));
    const [ready] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
    if (ready !== 'ready') throw new Error(`The relay did not start: it ended with ${String(ready)}`);
    return () => this.end(child, 'SIGKILL');
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((child) => this.end(child, 'SIGKILL')));
  }

  private async end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    if (!this.running.has(child)) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
}
