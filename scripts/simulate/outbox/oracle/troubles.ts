/**
 * When something happened from outside that excuses a repeat or a delay: everywhere, or to one topic alone. What goes on for a
 * while counts until its end.
 */
export class Troubles {
  readonly #now: () => number;
  readonly #last = new Map<string, number>();
  readonly #open = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Something happened just now. */
  hit(topic = ''): void {
    this.#last.set(topic, this.#now());
  }

  /** Something goes on. @returns ends it */
  begin(topic = ''): () => void {
    this.#open.set(topic, (this.#open.get(topic) ?? 0) + 1);
    this.hit(topic);
    return () => {
      this.#open.set(topic, this.#open.get(topic)! - 1);
      this.hit(topic);
    };
  }

  /** When there was trouble last, for this topic or for all. */
  last(topic: string): number {
    const open = ['', topic].some((name) => (this.#open.get(name) ?? 0) > 0);
    return open ? this.#now() : Math.max(this.#last.get('') ?? -Infinity, this.#last.get(topic) ?? -Infinity);
  }

  /** Whether there was trouble of any kind from `time` on. */
  since(time: number): boolean {
    return (
      [...this.#open.values()].some((count) => count > 0) ||
      [...this.#last.values()].some((last) => last >= time)
    );
  }
}
