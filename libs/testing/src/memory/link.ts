import { ClosedError, TransportError, type Clock } from '@tramline/core';
import { errorOf, type Call, type Faults } from './faults.js';

/** What a link needs of the broker. */
export interface LinkBroker {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly away: boolean;
}

/**
 * The wire between one opened transport, which stands for a process, and the broker.
 *
 * - *up*: a call takes one turn of the clock to get there and one to get back. Between the two a crash or an outage leaves
 *   the classic half: applied, but nobody was told.
 * - *away*: the broker is down, or this process alone is cut off. Calls wait as long as they may, then fail.
 * - *crashed*: nothing that was called ever settles and nothing is called any more, as in a process that is gone. For good.
 * - *closed*: new calls are refused.
 */
export class Link {
  #cut = false;
  #crashed = false;
  #closed = false;
  #mute = false;
  readonly #watchers = new Set<() => void>();

  constructor(
    readonly clientId: string,
    readonly clock: Clock,
    readonly broker: LinkBroker,
  ) {}

  get crashed(): boolean {
    return this.#crashed;
  }

  get away(): boolean {
    return this.broker.away || this.#cut || this.#crashed;
  }

  /** The broker hears nothing from this process, though the broker itself is there. */
  get silent(): boolean {
    return this.#cut || this.#crashed || this.#closed || this.#mute;
  }

  cut(cut: boolean): void {
    this.#cut = cut;
    this.changed();
  }

  mute(mute: boolean): void {
    this.#mute = mute;
  }

  crash(): void {
    this.#crashed = true;
    this.changed();
  }

  close(): void {
    this.#closed = true;
    this.changed();
  }

  /** Tells all who watch that `away` or `silent` may have changed. */
  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** One turn of this process. Never ends once it crashed. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimer(0, () => !this.#crashed && resolve(), true);
    });
  }

  /** @throws ClosedError */
  assertOpen(): void {
    if (this.#closed) throw new ClosedError('This memory transport');
  }

  /**
   * Runs `apply` at the broker and brings back what it answers or throws.
   * @param waitMs - how long to wait while the broker is away. Default: not at all.
   * @throws TransportError `TRAMLINE_AWAY`, 'unknown' when only the answer got lost
   */
  async request<T>(call: Call, apply: () => T, waitMs = 0): Promise<T> {
    this.assertOpen();
    await this.turn();
    await this.#reach(call, waitMs);
    const planted = this.broker.faults.take(call);
    if (planted?.kind === 'fail') {
      const { fault } = planted;
      if (fault.applied === 'now') apply();
      else if (typeof fault.applied === 'object')
        this.broker.clock.setTimer(fault.applied.afterMs, () => late(apply));
      await this.turn();
      throw errorOf(fault, call);
    }
    const answer = apply();
    if (planted?.kind === 'duplicate') apply();
    await this.turn();
    if (this.away) throw away(call, 'unknown');
    return answer;
  }

  async #reach(call: Call, waitMs: number): Promise<void> {
    if (!this.away) return;
    if (waitMs <= 0) throw away(call, 'not-written');
    await new Promise<void>((resolve, reject) => {
      const stop = this.watch(() => {
        if (this.away) return;
        timer.cancel();
        stop();
        resolve();
      });
      const giveUp = () => {
        stop();
        if (!this.#crashed) reject(away(call, 'not-written'));
      };
      const timer = this.clock.setTimer(waitMs, giveUp, true);
    });
    await this.turn();
    return this.#reach(call, 0);
  }
}

/** The error of everything that finds the broker away. */
export function away(
  { operation, topic, group }: Partial<Call>,
  outcome: 'not-written' | 'unknown',
): TransportError {
  const what = topic ?? group;
  return new TransportError(
    'TRAMLINE_AWAY',
    `The memory broker is away (${operation ?? 'consume'}${what === undefined ? '' : ` of ${what}`}). ` +
      'A test made it so with setAway(true); setAway(false) brings it back.',
    { outcome },
  );
}

/** An append that lands after its caller was told that it failed. What it lands on may be gone by then. */
function late(apply: () => unknown): void {
  try {
    apply();
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
  }
}
