import type {
  AssignedPartition,
  Clock,
  ConsumeListener,
  StartPosition,
  TopicPartition,
} from '@tramline/core';
import { within } from '@tramline/core';

/** What became of a `revoked`: it ended; it is still under way; its turn did not come, so the listener knows nothing. */
type Revoked = 'done' | 'late' | 'untold';

/** Calls `assigned` and `revoked` of a listener, never two at once, even when one takes longer than it may. */
export class ListenerTurns {
  #under: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly listener: ConsumeListener,
    private readonly clock: Clock,
    /** How long `revoked` is waited for. */
    private readonly patienceMs: number,
    private readonly onRevokedFailed: (error: unknown) => void,
  ) {}

  /** Resolves when nothing is under way. Only then `assigned` may be called, in the same turn. */
  async free(): Promise<void> {
    await this.#under;
  }

  assigned(partitions: readonly AssignedPartition[]): Promise<readonly StartPosition[]> {
    const call = this.listener.assigned(partitions);
    this.#under = call.catch(() => {});
    return call;
  }

  /** @param begin - called when its turn has come; answers what is left to revoke */
  async revoked(begin: () => readonly TopicPartition[]): Promise<Revoked> {
    const deadline = this.clock.monotonic() + this.patienceMs;
    if (!(await within(this.clock, this.patienceMs, this.#under))) return 'untold';
    const partitions = begin();
    if (partitions.length === 0) return 'done';
    const call = this.listener.revoked(partitions).catch(this.onRevokedFailed);
    this.#under = call;
    return (await within(this.clock, deadline - this.clock.monotonic(), call)) ? 'done' : 'late';
  }
}
