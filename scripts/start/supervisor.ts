import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Output } from './output.ts';
import type { Service } from './services.ts';

const LEAVE = new URL('leave-with-parent.ts', import.meta.url).href;
/** Waits before the first, second, … start after a death, in milliseconds; the last one stays. */
const RESTART_DELAYS = [200, 1_000, 2_000, 4_000, 8_000, 10_000];
/** A process that lived this long, in milliseconds, begins again with the first delay when it dies. */
const HEALTHY_AFTER = 10_000;
/** How long a process may take to stop before it is killed, in milliseconds. Longer than its own drain. */
const STOP_WITHIN = 20_000;

/**
 * Keeps one service running.
 *
 * It is *running* (a child lives), *waiting* (the child died; a timer will start the next one), or *stopped* (`stop`
 * was called; nothing is started any more). A child that ends by itself, whatever its exit code, has died: services
 * run until they are told to stop.
 */
export class Supervisor {
  private readonly service: Service;
  private readonly env: NodeJS.ProcessEnv;
  private readonly out: Output;
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private deaths = 0;
  private stopped = false;
  /** Set while a restart was asked for: the coming end of the child is no death. */
  private restarting = false;

  constructor(service: Service, env: NodeJS.ProcessEnv, out: Output) {
    this.service = service;
    this.env = env;
    this.out = out;
  }

  start(): void {
    if (this.stopped || this.child) return;
    clearTimeout(this.timer);
    const startedAt = performance.now();
    const child = spawn(process.execPath, ['--enable-source-maps', '--import', LEAVE, this.service.entry], {
      env: { ...process.env, ...this.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    this.out.follow(this.service.name, child.stdout);
    this.out.follow(this.service.name, child.stderr);
    let fault: string | undefined;
    child.once('error', (error) => (fault = error.message));
    // 'close' comes after the last line was read, and also when the process could not be started at all.
    child.once('close', (code, signal) => {
      this.child = undefined;
      this.ended(
        fault ?? (signal ? `killed by ${signal}` : `exit code ${code}`),
        performance.now() - startedAt,
      );
    });
  }

  /** Ends the child as on Ctrl-C and starts the next one; when none lives, starts one now. */
  restart(): void {
    if (this.stopped) return;
    this.deaths = 0;
    if (!this.child) return this.start();
    this.restarting = true;
    void this.end(this.child);
  }

  /** Resolves when the child is gone, to whether it went by itself. After `STOP_WITHIN` it is killed. */
  async stop(): Promise<boolean> {
    this.stopped = true;
    clearTimeout(this.timer);
    return this.child ? this.end(this.child) : true;
  }

  /** Signals the child, and starts no other. For when there is no time to wait. */
  kill(signal: NodeJS.Signals): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.child?.kill(signal);
  }

  private async end(child: ChildProcess): Promise<boolean> {
    let killed = false;
    const deadline = setTimeout(() => {
      killed = true;
      this.out.note(this.service.name, `did not stop within ${STOP_WITHIN / 1_000} s and is killed`);
      child.kill('SIGKILL');
    }, STOP_WITHIN);
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
    clearTimeout(deadline);
    return !killed;
  }

  private ended(how: string, lifetime: number): void {
    if (this.stopped) return;
    if (this.restarting) {
      this.restarting = false;
      return this.start();
    }
    if (lifetime >= HEALTHY_AFTER) this.deaths = 0;
    const delay = RESTART_DELAYS[Math.min(this.deaths, RESTART_DELAYS.length - 1)] ?? 0;
    this.deaths += 1;
    this.out.note(this.service.name, `died (${how}); starting it again in ${delay / 1_000} s`);
    this.timer = setTimeout(() => this.start(), delay);
  }
}
