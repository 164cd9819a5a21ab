/** Holds whoever passes until it is opened. */
export class Gate {
  readonly #opened: Promise<void>;
  open: () => void = () => undefined;

  constructor() {
    this.#opened = new Promise((resolve) => (this.open = resolve));
  }

  passed(): Promise<void> {
    return this.#opened;
  }
}
