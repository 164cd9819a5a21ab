import { setTimeout as pause } from 'node:timers/promises';
import type { Mortal } from '../world/mortal.ts';

/** Kills one of several processes every so often, the next one the next time, and starts it again; until it is stopped. */
export class Killer {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(victims: readonly Mortal[], everyMs: number) {
    this.running = this.run(victims, everyMs);
  }

  /** Resolves when everybody lives. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(victims: readonly Mortal[], everyMs: number): Promise<void> {
    const { signal } = this.stopping;
    for (let turn = 0; ; turn++) {
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const victim = victims[turn % victims.length]!;
      await victim.kill();
      await victim.start();
    }
  }
}
