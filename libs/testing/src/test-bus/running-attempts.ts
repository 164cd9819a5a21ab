import { turn } from '../time/turn.js';

// Taken when this module loads: fake timers that a test installs later must not stop this wait.
const { setTimeout, clearTimeout } = globalThis;

interface Running {
  readonly handlerId: string;
  /** It was waited for in vain; it will not be again. */
  slow: boolean;
}

/**
 * The attempts under way. A handler may do real I/O, which takes real time: virtual time must not pass meanwhile, or the
 * attempt's timeout would, and so they are waited for. A handler that waits for virtual time itself, or hangs, cannot be told
 * from one that is slow, so no attempt is waited for longer than `patienceMs` of real time, and none twice.
 */
export class RunningAttempts {
  readonly #running = new Set<Running>();
  readonly #waiting = new Set<() => void>();

  constructor(readonly patienceMs: number) {}

  /** Ids of the handlers that run now. */
  get handlerIds(): string[] {
    return [...new Set([...this.#running].map(({ handlerId }) => handlerId))].sort();
  }

  /** @returns to be called when the attempt ends */
  begin(handlerId: string): () => void {
    const running: Running = { handlerId, slow: false };
    this.#running.add(running);
    return () => {
      this.#running.delete(running);
      if (this.#awaited().length === 0) for (const go of this.#waiting) go();
    };
  }

  /** Waits for the attempts under way. @returns whether there were any to wait for: what they led to is still to be run */
  async wait(): Promise<boolean> {
    if (this.#awaited().length === 0) return false;
    await new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, this.patienceMs);
      this.#waiting.add(go);
    });
    for (const running of this.#running) running.slow = true;
    await turn();
    return true;
  }

  #awaited(): Running[] {
    return [...this.#running].filter(({ slow }) => !slow);
  }
}
