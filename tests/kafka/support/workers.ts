import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

/** Processes that write down what they do, a line at once for each thing, so that a kill forgets nothing. */
export class Workers {
  /** A folder that is theirs, until `close`. */
  readonly folder = mkdtempSync(join(tmpdir(), 'tramline-workers-'));
  private readonly processes = new Map<string, ChildProcess>();
  private readonly program: string;

  /** @param program - gets the arguments of `launch`, and its file first */
  constructor(program: string) {
    this.program = program;
  }

  launch(name: string, ...args: readonly string[]): void {
    const child = spawn(process.execPath, [this.program, this.file(name), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.processes.set(name, child);
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.processes.get(name)!.kill(signal);
  }

  /** Sends a signal and waits for the end. @returns its exit code, or the signal that it died of */
  async end(name: string, signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    const child = this.processes.get(name)!;
    child.kill(signal);
    await until(`${name} ended`, () => child.exitCode !== null || child.signalCode !== null);
    return child.exitCode ?? child.signalCode!;
  }

  /** What it wrote, whole lines only. */
  lines(name: string): string[] {
    const file = this.file(name);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** What all of them wrote. */
  allLines(): string[] {
    return [...this.processes.keys()].flatMap((name) => this.lines(name));
  }

  /** Those that still run are killed, also those that were held by SIGSTOP. */
  close(): void {
    for (const child of this.processes.values()) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private file(name: string): string {
    return join(this.folder, `${name}.txt`);
  }
}
