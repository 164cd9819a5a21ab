import { within, type AssignedPartition, type Clock, type ConsumeListener, type StartPosition, type TopicPartition } from '@tramline/core';

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
  async assigned(begin: () => readonly AssignedPartition[] | undefined): Promise<readonly StartPosition[] | undefined> {
    await this.last;
    const partitions = begin();
    if (!partitions) return undefined;
    const call = this.listener.assigned(partitions);
    this.last = call.catch(() => {});
    return call;
  }

  /** @param begin - called when the turn has come; answers what is left to revoke */
  async revoked(begin: () => readonly TopicPartition[]): Promise<Revoked> {
    const deadline = this.clock.monotonic() + this.patienceMs;
    if (!(await within(this.clock, this.patienceMs, this.last))) return 'untold';
    const partitions = begin();
    if (partitions.length === 0) return 'done';
    const call = this.listener.revoked(partitions).catch(this.onRevokedFailed);
    this.last = call;
    return (await within(this.clock, deadline - this.clock.monotonic(), call)) ? 'done' : 'late';
  }
}
