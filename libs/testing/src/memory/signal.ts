/** Wakes whoever waits; raised while nobody waits, it is remembered once. */
export class Signal {
  #resolve: (() => void) | undefined;
  #raised = false;

  raise(): void {
    this.#raised = true;
    this.#resolve?.();
    this.#resolve = undefined;
  }

  /** Resolves at the next `raise`, or at once when one came since the last wait ended. */
  async wait(): Promise<void> {
    if (!this.#raised) await new Promise<void>((resolve) => (this.#resolve = resolve));
    this.#raised = false;
  }
}
