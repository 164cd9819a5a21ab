import { watch, type FSWatcher } from 'node:fs';

/** While records come, and while the watch cannot be trusted. */
const BUSY_POLL_MS = 20;
/** When nothing came for a while. The watch wakes us long before, wherever it works. */
const IDLE_POLL_MS = 100;
const BUSY_FOR_MS = 2_000;

/**
 * Calls `look` whenever something may have changed: at once when the file of acknowledged ends does (a hint, which some
 * file systems never give), and by a poll as backstop.
 */
export class Bell {
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hinted = false;
  #quietSince = performance.now();

  constructor(
    path: string,
    private readonly look: () => void,
  ) {
    try {
      this.#watcher = watch(path, { persistent: false }, () => this.hint());
      this.#watcher.on('error', () => this.#unwatch());
    } catch {
      // Without a watch (no inotify left, an odd file system) the poll alone is quick enough.
    }
    this.#schedule();
  }

  /** Many hints of one turn are one look. */
  hint(): void {
    if (this.#hinted) return;
    this.#hinted = true;
    setImmediate(() => {
      this.#hinted = false;
      if (this.#timer) this.look();
    });
  }

  /** Something was there: look again soon. */
  busy(): void {
    this.#quietSince = performance.now();
  }

  close(): void {
    this.#unwatch();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    const idle = this.#watcher && performance.now() - this.#quietSince > BUSY_FOR_MS;
    this.#timer = setTimeout(
      () => {
        this.#schedule();
        this.look();
      },
      idle ? IDLE_POLL_MS : BUSY_POLL_MS,
    );
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
