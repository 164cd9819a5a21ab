import {
  formatDuration,
  parseDuration,
  TramlineError,
  type Clock,
  type Duration,
  type Timer,
} from '@tramline/core';
import { turn } from './turn.js';

/** A wait in virtual time that did not end, or timers that never let time go on. */
export class VirtualTimeError extends TramlineError {
  readonly code = 'TRAMLINE_VIRTUAL_TIME';
}

interface PendingTimer {
  readonly due: number;
  readonly order: number;
  readonly fire: () => void;
}

/** More firings than this without any time passing: a timer re-arms itself with no delay, and would do so for ever. */
const STUCK_AFTER = 1_000_000;

/**
 * Time that moves only when a test says so.
 *
 * - `advance` moves wall and monotonic clock together and fires every timer on its way, by due time, then by order of
 *   creation. After each firing all that follows from it (promises, `nextTick`) runs before the next one fires.
 * - A timer without delay needs no time to pass: it fires by itself on a later turn of the event loop, as on the system's
 *   clock, so `await bus.publish(…)` works without anybody advancing.
 * - `jump` moves the wall clock alone, either way, as an operator or NTP would.
 *
 * No real time is used anywhere: the same calls give the same order on every machine.
 */
export class VirtualClock implements Clock {
  #wall: number;
  #monotonic = 0;
  #created = 0;
  /** Sorted by due time, then creation. Few timers live at once, so inserting into an array beats a heap. */
  readonly #timers: PendingTimer[] = [];
  #firingByItself = false;
  /** Firings since time last moved. */
  #firedNow = 0;
  #tail: Promise<void> = Promise.resolve();

  /** @param start - the wall clock at the beginning, milliseconds since 1970. Default 2026-01-01T00:00:00Z. */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#wall = start;
  }

  now(): number {
    return this.#wall + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Timers that were set and neither fired nor cancelled. A test that ends with some has left something running. */
  get pending(): number {
    return this.#timers.length;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const timer = { due: this.#monotonic + Math.max(0, delayMs), order: this.#created++, fire };
    this.#timers.splice(this.#placeOf(timer), 0, timer);
    if (timer.due <= this.#monotonic) this.#fireByItself();
    return {
      cancel: () => {
        const place = this.#placeOf(timer);
        if (this.#timers[place] === timer) this.#timers.splice(place, 1);
      },
    };
  }

  /**
   * Lets `duration` pass. Resolves when every timer due by then has fired and all that follows from it has run. Calls made
   * while another is under way queue behind it.
   * @throws VirtualTimeError when timers re-arm themselves without delay for ever, or the duration is none
   */
  advance(duration: Duration): Promise<void> {
    const ms = milliseconds(duration);
    return this.#exclusive(async () => {
      const target = this.#monotonic + ms;
      await turn();
      while (await this.#fireNext(target));
      this.#monotonic = target;
      await this.#settle();
    });
  }

  /** Runs all that needs no time to pass: promises under way and timers that are due. */
  settle(): Promise<void> {
    return this.#exclusive(() => this.#settle());
  }

  /**
   * Lets time pass from timer to timer until `reached` answers true; asked before every firing. Time stands at the firing
   * that made it true.
   * @param limit - the longest time to let pass. Default one hour.
   * @throws VirtualTimeError when the limit passed, or no timer is left that could change anything
   */
  runUntil(reached: () => boolean | Promise<boolean>, limit: Duration = '1h'): Promise<void> {
    const ms = milliseconds(limit);
    return this.#exclusive(async () => {
      const deadline = this.#monotonic + ms;
      await turn();
      while (!(await reached())) {
        if (await this.#fireNext(deadline)) continue;
        const left =
          this.#timers.length === 0 ? 'and no timer is left' : `${this.#timers.length} timers wait for later`;
        throw new VirtualTimeError(
          `The condition did not come true within ${formatDuration(ms)} of virtual time, ${left}. Something it needs ` +
            'never happened, or happens by real time or real I/O, which this clock does not move.',
        );
      }
    });
  }

  /** Moves the wall clock alone by `ms`, forward or (negative) back. Timers and durations are not touched. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  async #settle(): Promise<void> {
    await turn();
    while (await this.#fireNext(this.#monotonic));
  }

  async #fireNext(limit: number): Promise<boolean> {
    const timer = this.#timers[0];
    if (!timer || timer.due > limit) return false;
    this.#timers.shift();
    this.#firedNow = timer.due > this.#monotonic ? 0 : this.#firedNow + 1;
    if (this.#firedNow > STUCK_AFTER) throw stuck();
    this.#monotonic = Math.max(this.#monotonic, timer.due);
    timer.fire();
    await turn();
    return true;
  }

  /** Due timers fire one per turn, so that what follows from each runs before the next. */
  #fireByItself(): void {
    if (this.#firingByItself) return;
    this.#firingByItself = true;
    void turn().then(() => {
      this.#firingByItself = false;
      const timer = this.#timers[0];
      if (!timer || timer.due > this.#monotonic) return;
      this.#timers.shift();
      try {
        timer.fire();
      } finally {
        if ((this.#timers[0]?.due ?? Infinity) <= this.#monotonic) this.#fireByItself();
      }
    });
  }

  #exclusive(work: () => Promise<void>): Promise<void> {
    const mine = this.#tail.then(work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  #placeOf(timer: PendingTimer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle]!;
      if (other.due < timer.due || (other.due === timer.due && other.order < timer.order)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function milliseconds(duration: Duration): number {
  const ms = parseDuration(duration);
  if (ms === undefined) {
    throw new VirtualTimeError(
      `${JSON.stringify(duration)} is no duration. Write milliseconds, or '250ms', '10s', '1m', '1h', '7d'.`,
    );
  }
  return ms;
}

function stuck(): VirtualTimeError {
  return new VirtualTimeError(
    'Timers without delay went on setting new ones and no time passed. Give the loop a delay, or an end.',
  );
}
