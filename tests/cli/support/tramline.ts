import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The committed file that runs what was built. */
export const BIN = fileURLToPath(new URL('../../../libs/cli/bin/tramline.js', import.meta.url));

export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** More may come on stdin: it is not ended. */
  readonly isStdinOpen?: boolean;
}

/** A `tramline` that runs: what it has written so far, and its end. */
export class RunningTramline {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ran>;
  readonly child: ChildProcess;

  constructor(argv: readonly string[], { cwd, variables, stdin, isStdinOpen }: RunOptions = {}) {
    this.child = spawn(process.execPath, [BIN, ...argv], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (chunk) => (this.stdout += String(chunk)));
    this.child.stderr!.on('data', (chunk) => (this.stderr += String(chunk)));
    this.child.stdin!.on('error', () => undefined);
    if (isStdinOpen) this.child.stdin!.write(stdin ?? '');
    else this.child.stdin!.end(stdin ?? '');
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (exit) => resolve({ exit, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.child.kill('SIGINT');
  }

  /** Waits until `seen` of what was written. @throws when it ends before */
  async until(seen: (running: this) => boolean): Promise<void> {
    let over = false;
    void this.ended.then(() => (over = true));
    while (!seen(this)) {
      if (over) throw new Error(`It ended before: ${this.stdout}${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Runs the built command to its end. */
export const tramline = (argv: readonly string[], options?: RunOptions): Promise<Ran> =>
  new RunningTramline(argv, options).ended;
