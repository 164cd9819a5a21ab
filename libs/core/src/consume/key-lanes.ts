import type { Job, Lane, Scheduler, Slot } from './scheduler.js';

interface KeyLane extends Lane {
  /** Undefined while the lane is not remembered. */
  key: string | undefined;
}

/**
 * The lanes of one (partition, handler) by key. A lane is remembered while it has jobs: what a handler that does not wait
 * gets is over before the next record comes, and then not even the text of the key is needed.
 */
export class KeyLanes {
  private readonly lanes = new Map<string, KeyLane>();
  private closed = false;

  constructor(
    private readonly slot: Slot,
    private readonly scheduler: Scheduler,
  ) {}

  /** Puts a job behind those of its key. Not to be called from inside a job that still runs in the caller's turn. */
  submit(key: Uint8Array, job: Job): void {
    if (this.lanes.size === 0) {
      const lane = this.newLane(undefined);
      this.scheduler.submit(lane, job);
      if (lane.busy || lane.head) this.remember(lane, latin1(key));
      return;
    }
    const name = latin1(key);
    let lane = this.lanes.get(name);
    if (!lane) this.remember((lane = this.newLane(name)), name);
    this.scheduler.submit(lane, job);
  }

  /** Nothing that waits begins any more. */
  close(): void {
    this.closed = true;
    for (const lane of this.lanes.values()) lane.closed = true;
  }

  private remember(lane: KeyLane, key: string): void {
    lane.key = key;
    this.lanes.set(key, lane);
  }

  private readonly forget = ({ key }: Lane & { readonly key?: string | undefined }): void => {
    if (key !== undefined) this.lanes.delete(key);
  };

  private newLane(key: string | undefined): KeyLane {
    const { slot, closed, forget } = this;
    return { slot, head: undefined, tail: undefined, busy: false, closed, idle: forget, key };
  }
}

function latin1(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
