import type { StoredRecord } from '../transport/records.js';
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

  /**
   * Puts a job behind those of its record's key, or, without a key, behind none. Not to be called from inside a job that
   * still runs in the caller's turn.
   */
  submit(record: Pick<StoredRecord, 'key'>, job: Job): void {
    // Asked for only where it matters, since a transport may have to decode it.
    const name = this.lanes.size > 0 ? nameOf(record) : undefined;
    const known = name === undefined ? undefined : this.lanes.get(name);
    const lane = known ?? this.newLane();
    this.scheduler.submit(lane, job);
    if (!known && (lane.busy || lane.head)) this.remember(lane, name ?? nameOf(record));
  }

  /** Nothing that waits begins any more. */
  close(): void {
    this.closed = true;
    for (const lane of this.lanes.values()) lane.closed = true;
  }

  private remember(lane: KeyLane, key: string | undefined): void {
    lane.key = key;
    if (key !== undefined) this.lanes.set(key, lane);
  }

  private readonly forget = ({ key }: Lane & { readonly key?: string | undefined }): void => {
    if (key !== undefined) this.lanes.delete(key);
  };

  private newLane(): KeyLane {
    const { slot, closed, forget } = this;
    return { slot, head: undefined, tail: undefined, busy: false, closed, idle: forget, key: undefined };
  }
}

/** Any bytes as a text of their own. */
function nameOf({ key }: Pick<StoredRecord, 'key'>): string | undefined {
  if (key === null) return undefined;
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
