import type {
  Clock,
  CommitEntry,
  ConsumeListener,
  Log,
  Membership,
  StartPosition,
  TopicPartition,
} from '@tramline/core';
import { asError, partitionName, partitionNames, TransportError, within } from '@tramline/core';
import type { Coordinator, Position, View } from './coordinator.js';
import { needsMending } from './errors.js';
import { Heartbeat } from './heartbeat.js';
import { bare, HeldPartitions, type Held } from './held.js';
import { ListenerTurns } from './listener-turns.js';
import { PartitionFlow } from './partition-flow.js';
import type { Tails } from './tails.js';
import type { Holding } from './wire/messages.js';

/** Heartbeats in one session: a few may be late. */
const BEATS_PER_SESSION = 6;
const MOST_METADATA_BYTES = 4_096;

export interface ConsumerOptions {
  readonly group: string;
  readonly sessionTimeoutMs: number;
  readonly broadcast: boolean;
}

/**
 * One membership. Its states:
 *
 * - beating: a heartbeat every sixth of the session, sooner when the log says that something changed or when another
 *   member is due to die. Each answers what this member has (a view).
 * - settling: the last view and what is held are brought together, one step at a time: what is asked back is revoked,
 *   awaited and released, then what is new is assigned and begins to flow. Heartbeats go on meanwhile. Partitions that
 *   stay are not touched.
 * - what is held but not in the view is lost, at once, in any state.
 * - away: heartbeats fail. Deliveries go on until the session may be over, then wait for a heartbeat that succeeds: it
 *   tells what is still held. The same holds for a process that was stopped.
 * - closing: nothing settles any more; heartbeats go on until all is revoked and the group is left.
 * - ended, by `close` or by a failure.
 */
export class Consumer implements Membership {
  readonly #held = new HeldPartitions();
  readonly #heartbeat: Heartbeat;
  readonly #turns: ListenerTurns;
  #view: View | undefined;
  #assignedGeneration = -1;
  #settling: Promise<void> | undefined;
  #sessionEnds = 0;
  #away = false;
  #heardAt: number | undefined;
  #ended = false;
  #failure: Error | undefined;
  #left: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    private readonly coordinator: Coordinator,
    private readonly tails: Tails,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly options: ConsumerOptions,
    private readonly listener: ConsumeListener,
    private readonly onClosed: () => void,
  ) {
    this.#turns = new ListenerTurns(listener, clock, options.sessionTimeoutMs / 2, (error) =>
      this.log.warn(`Group ${options.group} gives partitions up although "revoked" failed: ${String(error)}`),
    );
    this.#heartbeat = new Heartbeat(clock, () => this.#beat());
    coordinator.watch(() => this.#heartbeat.within(0));
    this.#heartbeat.within(0);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, false);
  }

  async commit(entries: readonly CommitEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const positions = entries.map((entry): Position => {
      if (Buffer.byteLength(entry.metadata) > MOST_METADATA_BYTES) throw metadataTooLarge(entry);
      const held = this.#held.find(entry);
      if (!held) throw stale(entry);
      return { id: held.id, epoch: held.epoch, offset: entry.offset, metadata: entry.metadata };
    });
    await this.coordinator.commit(positions);
  }

  heardAt(): number | undefined {
    return this.#heardAt;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The log cannot be used just now, or not at all. */
  trouble(error: Error): void {
    if (this.#ended) return;
    if (needsMending(error)) return void this.#fail(error);
    if (this.#away) return;
    this.#away = true;
    this.listener.status({ kind: 'away', error });
  }

  /** Answers when the next beat is due. */
  async #beat(): Promise<number> {
    const { sessionTimeoutMs } = this.options;
    const interval = sessionTimeoutMs / BEATS_PER_SESSION;
    const asked = this.clock.monotonic();
    try {
      const view = await this.coordinator.beat();
      this.#heardAt = this.clock.monotonic();
      if (this.#ended) return interval;
      this.#sessionEnds = asked + sessionTimeoutMs;
      this.#see(view);
      // A little after a silent member's last moment, its partitions can be had.
      return view.nextExpiryMs === null ? interval : Math.min(interval, view.nextExpiryMs + 5);
    } catch (error) {
      this.trouble(asError(error));
      return interval;
    }
  }

  #see(view: View): void {
    this.#view = view;
    const lost = this.#held.all().filter((held) => !this.#isMine(held));
    if (lost.length > 0) this.#lose(lost);
    if (this.#away) {
      this.#away = false;
      if (this.#assignedGeneration >= 0) this.listener.status({ kind: 'joined' });
    }
    for (const { flow } of this.#held.all()) flow?.kick();
    if (!this.#closed) this.#settling ??= this.#settle().finally(() => (this.#settling = undefined));
  }

  #lose(lost: readonly Held[]): void {
    this.#held.drop(lost);
    // Those that are being revoked are gone for the listener already.
    const untold = lost.filter(({ revoked }) => !revoked);
    if (untold.length === 0) return;
    this.listener.lost(untold.map(bare));
  }

  async #settle(): Promise<void> {
    try {
      while (!this.#ended && !this.#closed && (await this.#settleStep()));
    } catch (error) {
      await this.#fail(asError(error));
    }
  }

  /** Answers whether there may be more to do. */
  async #settleStep(): Promise<boolean> {
    const { holdings, generation } = this.#view!;
    const askedBack = holdings.filter((holding) => holding.askedBack);
    if (askedBack.length > 0) return this.#giveBack(askedBack);
    const fresh = holdings.filter((holding) => !this.#held.has(holding));
    if (fresh.length > 0 || generation > this.#assignedGeneration) return this.#take(fresh, generation);
    return false;
  }

  async #giveBack(askedBack: readonly Holding[]): Promise<boolean> {
    await this.#revoke(this.#held.these(askedBack));
    const released = await this.#tried(
      this.coordinator.release(askedBack.map(({ id }) => id)).then(() => true),
    );
    // If not: the view still shows them, and the next heartbeat brings us here again.
    if (released) this.#forget(askedBack);
    return released ?? false;
  }

  /** The listener is told, and awaited for half a session; then they are no longer held, whatever it does. */
  async #revoke(held: readonly Held[]): Promise<void> {
    if (held.length === 0) return;
    this.#held.stop(held);
    const outcome = await this.#turns.revoked(() => {
      const still = this.#held.these(held);
      for (const one of still) one.revoked = true;
      return still.map(bare);
    });
    if (outcome !== 'done') {
      this.log.warn(
        `Group ${this.options.group} gives up ${partitionNames(held)} before "revoked" is done: half a session is over.`,
      );
    }
    if (outcome === 'untold') this.#lose(this.#held.these(held));
    else this.#held.drop(held);
  }

  async #take(fresh: readonly Holding[], generation: number): Promise<boolean> {
    await this.#turns.free();
    const positions = await this.#tried(this.coordinator.positions(fresh.map(({ id }) => id)));
    if (!positions || this.#ended || this.#closed) return false;
    const found = new Map(positions.map(({ id, ...position }) => [id, position]));
    // Those without a position are of a topic that was deleted just now.
    this.#forget(fresh.filter(({ id }) => !found.has(id)));
    // Some may be lost again already.
    const taken = fresh.filter((holding) => found.has(holding.id) && this.#isMine(holding));
    for (const holding of taken) this.#held.add(holding);
    this.#assignedGeneration = generation;
    const starts = await this.#turns.assigned(taken.map(({ id }) => found.get(id)!));
    if (this.#ended || this.#closed) return false;
    for (const start of starts) this.#start(start);
    this.listener.status({ kind: 'joined' });
    return true;
  }

  #start(start: StartPosition): void {
    const held = this.#held.find(start);
    if (!held || held.flow) return;
    held.flow = new PartitionFlow(
      held,
      this.listener,
      () => this.#mayDeliver(),
      (position) => this.#outOfRange(held, position),
      (error) => void this.#fail(error),
    );
    if (held.paused) held.flow.pause();
    held.flow.start(this.tails, start.offset);
  }

  async #outOfRange(held: Held, position: number): Promise<void> {
    const [found] = (await this.#tried(this.coordinator.positions([held.id]))) ?? [];
    if (!found || !this.#held.has(held) || this.#ended) return;
    const { id: _, ...partition } = found;
    this.listener.outOfRange(partition, position);
  }

  /** Not when the session may be over: somebody else may have the partitions by now. A heartbeat will tell. */
  #mayDeliver(): boolean {
    if (this.options.broadcast || this.clock.monotonic() < this.#sessionEnds) return true;
    this.#heartbeat.within(0);
    return false;
  }

  /** Undefined when the log was away, which was told. */
  async #tried<Result>(work: Promise<Result>): Promise<Result | undefined> {
    try {
      return await work;
    } catch (error) {
      if (needsMending(error)) throw error;
      this.trouble(asError(error));
      return undefined;
    }
  }

  async #close(): Promise<void> {
    const patience = this.options.sessionTimeoutMs / 2;
    if (this.#settling) await within(this.clock, patience, this.#settling);
    await this.#revoke(this.#held.all());
    this.#end();
    await this.#leave(patience);
    this.onClosed();
  }

  async #leave(patience: number): Promise<void> {
    // Who failed has left already when it is closed.
    this.#left ??= this.coordinator.leave().catch((error: unknown) => {
      // That the log cannot be used was told as the failure: no need to say it of leaving too.
      if (this.#failure && needsMending(error)) return;
      this.log.warn(
        `Group ${this.options.group} could not be left; the others wait for the session to end: ${String(error)}`,
      );
    });
    await within(this.clock, patience, this.#left);
  }

  async #fail(error: Error): Promise<void> {
    if (this.#ended) return;
    this.#end();
    this.#failure = error;
    this.listener.status({ kind: 'failed', error });
    await this.#leave(this.options.sessionTimeoutMs / 2);
  }

  #end(): void {
    this.#ended = true;
    this.#heartbeat.stop();
    this.#held.drop(this.#held.all());
  }

  #isMine({ id, epoch }: Holding): boolean {
    return this.#view!.holdings.some((holding) => holding.id === id && holding.epoch === epoch);
  }

  #forget(gone: readonly Holding[]): void {
    this.#view = {
      ...this.#view!,
      holdings: this.#view!.holdings.filter((holding) => !gone.includes(holding)),
    };
  }

  #setPaused(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const held of partitions.flatMap((partition) => this.#held.find(partition) ?? [])) {
      held.paused = paused;
      if (paused) held.flow?.pause();
      else held.flow?.resume();
    }
  }
}

function metadataTooLarge(entry: CommitEntry): TransportError {
  return new TransportError(
    'TRAMLINE_METADATA_TOO_LARGE',
    `The metadata for ${partitionName(entry)} takes more than ${MOST_METADATA_BYTES} bytes; nothing was stored. Commit less of it.`,
  );
}

function stale(entry: CommitEntry): TransportError {
  return new TransportError(
    'TRAMLINE_STALE_COMMIT',
    `${partitionName(entry)} is not held by this member (any more); nothing was stored. Its new owner handles these events.`,
  );
}
