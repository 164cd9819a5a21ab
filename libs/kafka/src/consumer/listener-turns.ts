import {
  within,
  type AssignedPartition,
  type Clock,
  type ConsumeListener,
  type StartPosition,
  type TopicPartition,
} from '@tramline/core';

/** What became of a `revoked`: it ended; it is still under way; its turn did not come, so that the listener knows nothing. */
export type Revoked = 'done' | 'late' | 'untold';

/** Calls `assigned` and `revoked` of a listener, never two at once, even when one takes longer than it may. */
export class ListenerTurns {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly listener: ConsumeListener,
    private readonly clock: Clock,
    /** How long `revoked` is waited for. */
    private readonly patienceMs: number,
    private readonly onRevokedFailed: (error: unknown) => void,
  ) {}

  /** @param begin - called when the turn has come; answers what is left to assign, or undefined to let it be */
  assigned(
    begin: () => readonly AssignedPartition[] | undefined,
  ): Promise<readonly StartPosition[] | undefined> {
    return this.inTurn(async () => {
      const partitions = begin();
      return partitions && (await this.listener.assigned(partitions));
    });
  }

  /** @param begin - called when the turn has come; answers what is left to revoke */
  async revoked(begin: () => readonly TopicPartition[]): Promise<Revoked> {
    let told = false;
    let over = false;
    const turn = this.inTurn(async () => {
      const partitions = over ? [] : begin();
      if (partitions.length === 0) return;
      told = true;
      await this.listener.revoked(partitions).catch(this.onRevokedFailed);
    });
    if (await within(this.clock, this.patienceMs, turn)) return 'done';
    over = true;
    return told ? 'late' : 'untold';
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => {});
    return turn;
  }
}
