import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './until.ts';

/** One service as a process of its own, from its compiled files, as `npm start` runs it. */
export class ServiceProcess {
  readonly name: string;
  readonly url: string;
  private readonly entry: string;
  private readonly env: NodeJS.ProcessEnv;
  private child: ChildProcess | undefined;
  private log = '';

  constructor(name: string, entry: string, port: number, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.entry = entry;
    this.url = `http://127.0.0.1:${port}`;
    // The one in our environment says where tests may make databases, not that the sample is to use it.
    this.env = { ...process.env, NO_COLOR: '1', DATABASE_URL: '', PORT: String(port), ...env };
  }

  /** Resolves when the service answers that it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [this.entry], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (this.log += String(text)));
    await until(`${this.name} to be ready`, async () => {
      if (child.exitCode !== null) throw new Error(`${this.name} ended with ${child.exitCode}`);
      const response = await fetch(`${this.url}/health`).catch(() => undefined);
      await response?.body?.cancel();
      // A service without that route is ready when it answers at all.
      return response && response.status < 500;
    }).catch((cause: unknown) => {
      throw new Error(`${this.name} did not start. It wrote:\n${this.log}`, { cause });
    });
  }

  /** As Ctrl-C does. @returns the exit code, null when it had to be killed */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** As a power cut does. */
  async crash(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** It stands still, and its connections stay open, until `release`. */
  hold(): void {
    this.child?.kill('SIGSTOP');
  }

  release(): void {
    this.child?.kill('SIGCONT');
  }

  /** Of the life that lasts; undefined between two lives. */
  get pid(): number | undefined {
    const { child } = this;
    return child && child.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  /** The signal that ended the last life; null when none did. */
  get endedBy(): NodeJS.Signals | null {
    return this.child?.signalCode ?? null;
  }

  /** All it has written, of every life. */
  get output(): string {
    return this.log;
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exit = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  }
}
