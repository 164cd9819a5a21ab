import type { FailureError } from '../wire/failure.js';
import type { Settings } from '../wire/messages.js';
import { openStore, type Store } from './store.js';
import { Watchdog } from './watchdog.js';

/**
 * The log as a worker uses it: opened on the first request, opened again after it broke (so that a mended disk needs no
 * restart), and refused for good once the watchdog found that it must not be used.
 */
export class OpenLog {
  #opening: Promise<Store> | undefined;
  #watchdog: Watchdog | undefined;
  #refusal: FailureError | undefined;

  constructor(private readonly settings: Settings) {}

  /** @throws FailureError, or what SQLite throws */
  store(): Promise<Store> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** It broke: the next request opens it anew, and is told what is wrong. */
  drop(): void {
    void this.close();
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#watchdog?.stop();
    const store = await opening?.catch(() => undefined);
    store?.close();
  }

  async #open(): Promise<Store> {
    if (this.#refusal) throw this.#refusal;
    const store = await openStore(this.settings);
    this.#watchdog = new Watchdog(store, (fault) => {
      this.#refusal = fault;
      this.drop();
    });
    return store;
  }
}
