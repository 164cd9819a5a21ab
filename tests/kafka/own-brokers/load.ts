import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvent, type Tramline } from '@tramline/core';

export interface Tick {
  readonly key: string;
  readonly n: number;
}
export const Ticked = defineEvent<Tick>('load.ticked', { key: 'key' });

const KEYS = 20;
const AT_ONCE = 25;
const PAUSE_MS = 10;

/** Publishes all the time, and knows what was acknowledged. */
export class Load {
  readonly acknowledged = new Set<number>();
  readonly failures: string[] = [];
  private published = 0;
  private stopped = false;
  private readonly bus: Tramline;
  private readonly running: Promise<void>;

  constructor(bus: Tramline) {
    this.bus = bus;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    const waiting: Promise<void>[] = [];
    while (!this.stopped) {
      for (let index = 0; index < AT_ONCE; index++) waiting.push(this.publish(this.published++));
      await sleep(PAUSE_MS);
    }
    await Promise.all(waiting);
  }

  private async publish(n: number): Promise<void> {
    try {
      await this.bus.events.publish(Ticked, { key: `k${n % KEYS}`, n });
      this.acknowledged.add(n);
    } catch (error) {
      this.failures.push((error as Error).message);
    }
  }
}

/** How often each number lies in the log. */
export async function written(bus: Tramline): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for await (const { event } of bus.eventLog.read(Ticked))
    counts.set(event.n, (counts.get(event.n) ?? 0) + 1);
  return counts;
}
