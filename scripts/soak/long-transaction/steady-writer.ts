import { setTimeout as pause } from 'node:timers/promises';
import { defineEvent, type Tramline } from '@tramline/core';

export const Happened = defineEvent<{ key: string; text: string }>('soak.happened', { key: 'key' });

/** Transactions that are open at once. */
const LANES = 4;
const EVENTS = 100;
const KEYS = 1_000;
const TEXT = 'x'.repeat(100);

/** Publishes a fixed number of events a second, a hundred in each transaction, until it is stopped. */
export class SteadyWriter {
  written = 0;
  private stopped = false;
  private readonly bus: Tramline;
  private readonly rate: number;
  private readonly began = performance.now();
  private readonly lanes: Promise<unknown>;

  constructor(bus: Tramline, rate: number) {
    this.bus = bus;
    this.rate = rate;
    this.lanes = Promise.all(Array.from({ length: LANES }, () => this.write()));
  }

  /** Resolves when nothing more is written. @throws what a transaction failed with */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.lanes;
  }

  private async write(): Promise<void> {
    while (!this.stopped) {
      const due = ((performance.now() - this.began) / 1_000) * this.rate;
      if (this.written + EVENTS > due) {
        await pause(5);
        continue;
      }
      const first = this.written;
      this.written += EVENTS;
      await this.bus.outbox.transaction((tx) =>
        this.bus.outbox.publishAll(
          tx,
          Array.from(
            { length: EVENTS },
            (_, n) => [Happened, { key: `key-${(first + n) % KEYS}`, text: TEXT }] as const,
          ),
        ),
      );
    }
  }
}
