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
  /** Whether it stands in the scheduler's line. */
  inLine = false;
  private ready: (Lane | undefined)[] = [];
  private first = 0;

  constructor(readonly concurrency: number) {}

  get waiting(): boolean {
    return this.first < this.ready.length;
  }

  /** Whether it could start a job if the group had a place. */
  get wants(): boolean {
    return this.waiting && this.running < this.concurrency;
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
 *
 * The handlers that want a place stand in a line, so that those of which nothing waits cost nothing, however many they are.
 */
export class Scheduler {
  /** Each slot that wants a place, once. */
  private readonly line: Slot[] = [];
  /** Those in the line of which nothing runs. */
  private idle = 0;
  private running = 0;
  private dispatching = false;

  /** @param concurrency - jobs at once, of all handlers together */
  constructor(private readonly concurrency: number) {}

  /** Whether any job runs. */
  get busy(): boolean {
    return this.running > 0;
  }

  slot(concurrency: number): Slot {
    return new Slot(concurrency);
  }

  /** Adds a job to the end of a lane. It may run, and even end, before this returns. */
  submit(lane: Lane, job: Job): void {
    if (lane.tail) lane.tail.next = job;
    else lane.head = job;
    lane.tail = job;
    if (lane.busy || lane.head !== job) return;
    lane.slot.push(lane);
    this.queue(lane.slot);
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

  /** Takes the next one out of the line that may start a job. */
  private pick(): Slot | undefined {
    const full = this.running >= this.concurrency;
    if (full && this.idle === 0) return undefined;
    const index = full ? this.line.findIndex(({ running }) => running === 0) : 0;
    const slot = index === 0 ? this.line.shift() : this.line.splice(index, 1)[0];
    if (!slot) return undefined;
    slot.inLine = false;
    if (slot.running === 0) this.idle--;
    return slot;
  }

  /** Puts a slot at the end of the line if it wants a place and is not there. */
  private queue(slot: Slot): void {
    if (slot.inLine || !slot.wants) return;
    slot.inLine = true;
    if (slot.running === 0) this.idle++;
    this.line.push(slot);
  }

  private start(slot: Slot): void {
    const lane = slot.shift()!;
    const job = lane.head;
    if (!job || lane.closed) return this.queue(slot);
    lane.head = job.next;
    if (!lane.head) lane.tail = undefined;
    job.next = undefined;
    lane.busy = true;
    slot.running++;
    this.running++;
    this.queue(slot);
    let ended = false;
    job.run(() => {
      if (ended) return;
      ended = true;
      slot.running--;
      this.running--;
      if (slot.inLine && slot.running === 0) this.idle++;
      lane.busy = false;
      if (lane.head && !lane.closed) slot.push(lane);
      else lane.idle(lane);
      this.queue(slot);
      this.dispatch();
    });
  }
}
