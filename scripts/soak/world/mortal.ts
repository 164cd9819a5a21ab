import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Places } from '../places.ts';
import type { News, Order } from '../processes/messages.ts';

const FOLDER = join(import.meta.dirname, '..', 'processes');
const STOP_PATIENCE_MS = 30_000;
/** What is kept of what it wrote, for whoever looks for the reason. */
const LAST_CHARACTERS = 4_000;

/** What a process tells, and that it ended without having been told to. */
export interface Listener {
  heard(news: News): void;
  endedByItself(how: string): void;
}

/** A process of the soak: started, killed, and started again. */
export class Mortal {
  readonly role: string;
  kills = 0;
  private readonly places: Places;
  private readonly listener: Listener;
  private child: ChildProcess | undefined;
  private wrote = '';

  /** @param role - the name of its file */
  constructor(role: string, places: Places, listener: Listener) {
    this.role = role;
    this.places = places;
    this.listener = listener;
  }

  /** Resolves when it says that it is ready. @throws Error with what it wrote, when it ends before */
  async start(): Promise<void> {
    const child = fork(join(FOLDER, `${this.role}.ts`), [JSON.stringify(this.places)], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child = child;
    child.stderr!.on('data', (text) => (this.wrote = (this.wrote + String(text)).slice(-LAST_CHARACTERS)));
    child.once('exit', (code, signal) => {
      if (this.child !== child) return;
      this.child = undefined;
      this.listener.endedByItself(`The ${this.role} ended with ${signal ?? code}. It wrote:\n${this.wrote}`);
    });
    await new Promise<void>((resolve) => {
      child.on('message', (news: News) => {
        if (news.kind === 'ready') resolve();
        else if (this.child === child) this.listener.heard(news);
      });
      child.once('exit', () => resolve());
    });
  }

  send(order: Order): void {
    if (this.child?.connected) this.child.send(order);
  }

  /** As a power cut does. */
  async kill(): Promise<void> {
    const child = this.letGo();
    if (!child) return;
    this.kills++;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** As an operator does. @returns whether it ended as it should, within 30 s */
  async stop(): Promise<boolean> {
    const child = this.letGo();
    if (!child) return true;
    const exit = once(child, 'exit');
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    child.disconnect();
    const [code] = (await exit) as [number | null];
    clearTimeout(impatience);
    return code === 0;
  }

  private letGo(): ChildProcess | undefined {
    const { child } = this;
    this.child = undefined;
    return child;
  }
}
