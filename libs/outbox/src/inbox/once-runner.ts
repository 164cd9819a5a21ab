import { OutboxError, sleep, type Clock, type Observations, type Random } from '@tramline/core';
import type { Effect, OutboxStore } from '@tramline/core/outbox';

/** How often a transaction that met another one is run, the first time included. */
const TRIES = 10;
const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 1_000;

/**
 * Runs what handlers with `once: true` do, together with the memory of it.
 *
 * One run: transaction begun -> effect remembered -> (known: committed, with the position raised; nothing was done) -> work
 * done -> committed. Anything else is rolled back, and the effect is as unknown as before:
 * - *work throws*: that error.
 * - *the signal is aborted* (timeout, stop, partition lost): its reason, when work has ended, whatever it says. It is waited
 *   for: the connection must not go to somebody else while the handler may still write on it. A handler that never ends keeps
 *   its transaction open; the database's own limits (`idle_in_transaction_session_timeout`) are for that.
 * - *work caught the error of a statement*: the database knows that the transaction failed, and so does the store.
 * - *the process dies*: the database rolls back.
 * - *the connection breaks during the commit*: an error, though it may have been committed. The next attempt finds out.
 *
 * *Work committed or rolled back by itself*: TRAMLINE_TRANSACTION_ENDED. After its own commit the next attempt finds the
 * effect known, and does nothing; after its own rollback it runs again.
 *
 * *Another process handles the same event*: `remember` waits for its transaction, then finds the effect known, or not.
 *
 * *Conflicts* (deadlock, serialisation, a busy file) are nobody's fault: the whole run is repeated, ten times at most, after
 * short random waits, inside the same attempt.
 */
export class OnceRunner<Tx> {
  constructor(
    private readonly store: Pick<OutboxStore<Tx>, 'remember' | 'isOpen' | 'kindOf'>,
    private readonly transactions: { run<T>(work: (tx: Tx) => Promise<T>): Promise<T> },
    private readonly ports: {
      readonly clock: Clock;
      readonly random: Random;
      readonly observations: Observations;
    },
  ) {}

  /** As `OutboxBackend.once`. */
  async once(effect: Effect, signal: AbortSignal, work: (tx: Tx) => Promise<unknown>): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      signal.throwIfAborted();
      try {
        const ran = await this.transactions.run((tx) => this.run(tx, effect, signal, work));
        if (!ran) this.tellKnown(effect);
        return ran;
      } catch (thrown) {
        signal.throwIfAborted();
        if (tries >= TRIES || this.store.kindOf(thrown) !== 'conflict') throw thrown;
        await this.wait(tries, signal);
      }
    }
  }

  private async run(
    tx: Tx,
    effect: Effect,
    signal: AbortSignal,
    work: (tx: Tx) => Promise<unknown>,
  ): Promise<boolean> {
    if (!(await this.store.remember(tx, effect))) return false;
    signal.throwIfAborted();
    await work(tx);
    if (!(await this.store.isOpen(tx))) {
      throw new OutboxError(
        'TRAMLINE_TRANSACTION_ENDED',
        `Handler '${effect.handlerId}' has 'once: true' and ended context.tx by itself. Leave commit and rollback to Tramline: throw to roll back.`,
      );
    }
    signal.throwIfAborted();
    return true;
  }

  private async wait(tries: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.ports;
    const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
    await sleep(clock, full * random.next(), signal);
  }

  private tellKnown({ group, handlerId, eventId, origin }: Effect): void {
    const { observations } = this.ports;
    if (observations.active) observations.tell({ kind: 'known', group, handlerId, eventId, origin });
  }
}
