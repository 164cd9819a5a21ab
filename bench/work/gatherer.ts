/**
 * Sends what came while the send before it was under way, as one batch: what one writes around a client that has one request
 * in flight, so that nothing overtakes and nothing waits longer than it must.
 */
export class Gatherer<T> {
  private waiting: T[] = [];
  private sending: Promise<void> | undefined;
  private readonly send: (batch: readonly T[]) => Promise<unknown>;

  constructor(send: (batch: readonly T[]) => Promise<unknown>) {
    this.send = send;
  }

  /** Resolves when everything up to this one was sent. */
  add(one: T): Promise<void> {
    this.waiting.push(one);
    return (this.sending ??= this.run());
  }

  private async run(): Promise<void> {
    // What is added within one turn travels together.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.send(this.waiting.splice(0));
    this.sending = undefined;
  }
}
