import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Command, Report } from './protocol.js';

const PATIENCE_MS = 30_000;

export interface ChildOptions {
  readonly uid?: number;
}

/** Another process on the log, killed when the test ends. */
export class Child {
  readonly reports: Report[] = [];
  readonly exited: Promise<number | null>;
  readonly #process: ChildProcess;
  #changed: (() => void)[] = [];

  private constructor(directory: string, options: ChildOptions) {
    const path = fileURLToPath(new URL('process.ts', import.meta.url));
    this.#process = fork(path, [directory], {
      ...options,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process.on('message', (report: Report) => {
      this.reports.push(report);
      for (const changed of this.#changed.splice(0)) changed();
    });
    this.exited = new Promise((resolve) => this.#process.once('exit', resolve));
    onTestFinished(async () => {
      this.kill('SIGKILL');
      await this.exited;
    });
  }

  static async start(directory: string, options: ChildOptions = {}): Promise<Child> {
    const child = new Child(directory, options);
    await child.until('it is ready', (reports) => reports.some(({ kind }) => kind === 'ready'));
    return child;
  }

  tell(command: Command): void {
    this.#process.send(command);
  }

  /** Tells it and waits until it is done, or refused. */
  async ask(command: Command): Promise<Report & { kind: 'done' | 'refused' }> {
    const from = this.reports.length;
    const answer = () =>
      this.reports.slice(from).find((report) => report.kind === 'done' || report.kind === 'refused');
    this.tell(command);
    await this.until(`an answer to ${command.do}`, () => answer() !== undefined);
    return answer() as Report & { kind: 'done' | 'refused' };
  }

  /** Waits until what it reported satisfies. */
  async until(what: string, satisfied: (reports: readonly Report[]) => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!satisfied(this.reports)) {
      if (performance.now() > deadline)
        throw new Error(`waited in vain until ${what}: ${JSON.stringify(this.reports.slice(-5))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#changed.push(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  async untilHeld(partitions: readonly number[]): Promise<void> {
    await this.until(
      `it holds ${partitions.join()}`,
      () => this.held.join() === partitions.toSorted((a, b) => a - b).join(),
    );
  }

  /** The partitions it holds, by what it reported. */
  get held(): number[] {
    const held = new Set<number>();
    for (const report of this.reports) {
      if (report.kind === 'assigned') for (const partition of report.partitions) held.add(partition);
      if (report.kind === 'revoked' || report.kind === 'lost')
        for (const one of report.partitions) held.delete(one);
    }
    return [...held].sort((a, b) => a - b);
  }

  get values(): string[] {
    return this.reports.flatMap((report) => (report.kind === 'records' ? report.values : []));
  }

  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void {
    this.#process.kill(signal);
  }
}
