import type { Sink, WallClock } from '../env.js';
import { cut } from './text.js';

/** A bar is drawn at most this often, and a line written at most that often, milliseconds. */
const BAR_EVERY = 100;
const LINE_EVERY = 5_000;
const BAR_WIDTH = 20;

/**
 * How far long work is: a bar on a terminal, drawn over again; lines elsewhere, so that a log stays readable. Goes to stderr,
 * and says nothing about work that is over before the first line is due.
 */
export class Progress {
  private readonly begun: number;
  private last = -Infinity;
  private drawn = false;

  constructor(
    private readonly what: string,
    private readonly sink: Sink,
    private readonly clock: WallClock,
  ) {
    this.begun = clock.monotonic();
    if (!sink.isTTY) this.last = this.begun;
  }

  /** @param total - undefined when nobody knows */
  async update(done: number, total?: number): Promise<void> {
    const now = this.clock.monotonic();
    if (now - this.last < (this.sink.isTTY ? BAR_EVERY : LINE_EVERY)) return;
    this.last = now;
    const text = this.text(done, total);
    if (!this.sink.isTTY) return this.sink.write(`${text}\n`);
    this.drawn = true;
    return this.sink.write(`\r\u001b[2K${cut(text, this.sink.columns - 1)}`);
  }

  /** Takes the bar away, so that what follows stands on a line of its own. */
  async end(): Promise<void> {
    if (this.drawn) await this.sink.write('\r\u001b[2K');
    this.drawn = false;
  }

  private text(done: number, total: number | undefined): string {
    const figures = total === undefined ? `${count(done)}` : `${count(done)} of ${count(total)}`;
    if (total === undefined || total === 0 || !this.sink.isTTY) return `${this.what}: ${figures}`;
    const filled = Math.min(BAR_WIDTH, Math.round((done / total) * BAR_WIDTH));
    return `${this.what} [${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${figures}`;
  }
}

/** A number as people read it: 12,345. */
export const count = (value: number): string => value.toLocaleString('en-US');
