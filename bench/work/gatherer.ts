/**
 * Sends what came while the send before it was under way, as one batch: what one writes around a client that has one request
 * in flight, so that nothing overtakes and nothing waits longer than it must.
 */
export class Gatherer<T> {
  private waiting: T[] = [];
  /** The batch that fills while the one before is under way. */
  private next: Promise<void> | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private readonly send: (batch: readonly T[]) => Promise<unknown>;

  constructor(send: (batch: readonly T[]) => Promise<unknown>) {
    this.send = send;
  }

  /** Resolves when everything up to this one was sent; rejects when its own batch was not. */
  add(one: T): Promise<void> {
    this.waiting.push(one);
    return (this.next ??= this.sendNext());
  }

  private sendNext(): Promise<void> {
    // Not at once: what is added within one turn travels together.
    const sent = this.last.then(async () => {
      this.next = undefined;
      await this.send(this.waiting.splice(0));
    });
    this.last = sent.catch(() => undefined);
    return sent;
  }
}
