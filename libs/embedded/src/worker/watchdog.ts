import { FailureError } from '../wire/failure.js';
import type { Connection } from './connection.js';
import type { Machine } from './machine.js';
import type { Store } from './store.js';

const INTERVAL_MS = 1_000;

/** Tells the others that this machine has opened the log. */
export function recordOpening(write: Connection, { bootId, host }: Machine): void {
  write.run(
    `INSERT INTO machines (boot_id, host, openings) VALUES (?, ?, 1)
       ON CONFLICT (boot_id) DO UPDATE SET openings = openings + 1, host = excluded.host`,
    bootId,
    host,
  );
}

/**
 * Looks every second for what must not happen to an open log: its file is gone or another one, so that what is appended
 * would be lost; or another machine opens it too, whose locks do not hold here.
 */
export class Watchdog {
  readonly #timer: NodeJS.Timeout;
  /** Openings by other machines up to when this log was opened: they may be long gone. */
  readonly #known: ReadonlyMap<string, number>;

  /** @param onFault - called once; the log must not be used any more */
  constructor(
    private readonly store: Store,
    private readonly onFault: (fault: FailureError) => void,
  ) {
    this.#known = new Map(this.#otherMachines().map(({ boot_id, openings }) => [boot_id, openings]));
    this.#timer = setInterval(() => {
      const fault = this.look();
      if (!fault) return;
      this.stop();
      this.onFault(fault);
    }, INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  look(): FailureError | undefined {
    const { directory, machine } = this.store;
    if (!this.store.isInPlace()) {
      return new FailureError(
        'TRAMLINE_STORAGE',
        `The log in ${directory} was deleted or replaced while it was in use. Stop all its processes before touching its files, then start them again.`,
      );
    }
    for (const { boot_id, host, openings } of this.#otherMachines()) {
      if (this.#known.get(boot_id) === openings) continue;
      return new FailureError(
        'TRAMLINE_STORAGE',
        `The log in ${directory} is used by another machine too (${host}; this one is ${machine.host}). It serves a single machine: ` +
          'give each its own directory, or move to @tramline/kafka.',
      );
    }
    return undefined;
  }

  #otherMachines(): { boot_id: string; host: string; openings: number }[] {
    return this.store.read.all(
      'SELECT boot_id, host, openings FROM machines WHERE boot_id <> ?',
      this.store.machine.bootId,
    );
  }
}
