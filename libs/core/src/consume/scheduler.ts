/** A piece of work in a lane. Linked to the next one of its lane. */
export interface Job {
  next: Job | undefined;
  /** Runs; calls `ended` exactly once, at once or later. Must not throw. */
  run(ended: () => void): void;
}

/**
 * The jobs of one (partition, handler, key), one after the other.
 *
 * Idle (no job) -> ready (waits in its slot for a free place) -> running -> ready or idle. A closed lane starts nothing
 * more; a job that runs may end.
 */
export interface Lane {
  readonly slot: Slot;
  head: Job | undefined;
  tail: Job | undefined;
  busy: boolean;
  closed: boolean;
  /** Called when the last job ended, so that the owner can forget the lane. */
  readonly idle: (lane: Lane) => void;
}

/** A handler's share of the group: how many of its jobs may run at once. */
export class Slot {
  running = 0;
  private ready: (Lane | undefined)[] = [];
  private first = 0;

  constructor(readonly concurrency: number) {}

  get waiting(): boolean {
    return this.first < this.ready.length;
  }

  push(lane: Lane): void {
    this.ready.push(lane);
  }

  shift(): Lane | undefined {
    const lane = this.ready[this.first];
    this.ready[this.first++] = undefined;
    // Not whenever it is empty: that would give its memory back, and the next push would ask for it again.
    if (this.first > 1024 && this.first * 2 > this.ready.length) {
      this.ready = this.ready.slice(this.first);
      this.first = 0;
    }
    return lane;
  }
}

/**
 * Shares a group's places among its handlers, in turn. A handler without a running job may always start one, however full
 * the group is: handlers that hang cannot starve the others.
 */
export class Scheduler {
  private readonly slots: Slot[] = [];
  private running = 0;
  private turn = 0;
  private dispatching = false;

  /** @param concurrency - jobs at once, of all handlers together */
  constructor(private readonly concurrency: number) {}

  /** Whether any job runs. */
  get busy(): boolean {
    return this.running > 0;
  }

  slot(concurrency: number): Slot {
    const slot = new Slot(concurrency);
    this.slots.push(slot);
    return slot;
  }

  /** Adds a job to the end of a lane. It may run, and even end, before this returns. */
  submit(lane: Lane, job: Job): void {
    if (lane.tail) lane.tail.next = job;
    else lane.head = job;
    lane.tail = job;
    if (lane.busy || lane.head !== job) return;
    lane.slot.push(lane);
    this.dispatch();
  }

  private dispatch(): void {
    // Jobs that end at once come back here: the flag turns that recursion into this loop.
    if (this.dispatching) return;
    this.dispatching = true;
    try {
      for (let slot = this.pick(); slot; slot = this.pick()) this.start(slot);
    } finally {
      this.dispatching = false;
    }
  }

  private pick(): Slot | undefined {
    const full = this.running >= this.concurrency;
    for (let step = 0; step < this.slots.length; step++) {
      const index = (this.turn + step) % this.slots.length;
      const slot = this.slots[index]!;
      if (!slot.waiting || (full ? slot.running > 0 : slot.running >= slot.concurrency)) continue;
      this.turn = index + 1;
      return slot;
    }
    return undefined;
  }

  private start(slot: Slot): void {
    const lane = slot.shift()!;
    const job = lane.head;
    if (!job || lane.closed) return;
    lane.head = job.next;
    if (!lane.head) lane.tail = undefined;
    job.next = undefined;
    lane.busy = true;
    slot.running++;
    this.running++;
    let ended = false;
    job.run(() => {
      if (ended) return;
      ended = true;
      slot.running--;
      this.running--;
      lane.busy = false;
      if (lane.head && !lane.closed) slot.push(lane);
      else lane.idle(lane);
      this.dispatch();
    });
  }
}
