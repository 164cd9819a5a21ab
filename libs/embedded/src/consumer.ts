import type {
  Clock,
  CommitEntry,
  ConsumeListener,
  Log,
  Membership,
  StartPosition,
  TopicPartition,
} from '@tramline/core';
import { asError, partitionName, TransportError, within } from '@tramline/core';
import type { Coordinator, Position, View } from './coordinator.js';
import { Heartbeat } from './heartbeat.js';
import { PartitionFlow } from './partition-flow.js';
import type { Tails } from './tails.js';
import type { Holding } from './wire/messages.js';
import { needsMending } from './worker-link.js';

/** A partition that this member has, from before `assigned` until it is given up or lost. */
interface Held extends Holding {
  /** Present once records may come. */
  flow: PartitionFlow | undefined;
  paused: boolean;
}

/** Heartbeats in one session: a few may be late. */
const BEATS_PER_SESSION = 6;
const MOST_METADATA_BYTES = 4_096;

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
 * - closed, by `close` or by a failure; the end.
 */
export class Consumer implements Membership {
  readonly #held = new Map<number, Held>();
  #view: View | undefined;
  #assignedGeneration = -1;
  #settling: Promise<void> | undefined;
  readonly #heartbeat: Heartbeat;
  #sessionEnds = 0;
  #away = false;
  #ended = false;
  #closed: Promise<void> | undefined;

  constructor(
    private readonly coordinator: Coordinator,
    private readonly tails: Tails,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly options: {
      readonly group: string;
      readonly sessionTimeoutMs: number;
      readonly broadcast: boolean;
    },
    private readonly listener: ConsumeListener,
    private readonly onEnd: () => void,
  ) {
    this.#heartbeat = new Heartbeat(clock, () => this.#beat());
    coordinator.watch(() => this.#heartbeat.within(0));
    this.#heartbeat.within(0);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const held of this.#find(partitions)) {
      held.paused = true;
      held.flow?.pause();
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const held of this.#find(partitions)) {
      held.paused = false;
      held.flow?.resume();
    }
  }

  async commit(entries: readonly CommitEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const positions = entries.map((entry): Position => {
      if (Buffer.byteLength(entry.metadata) > MOST_METADATA_BYTES) throw metadataTooLarge(entry);
      const [held] = this.#find([entry]);
      if (!held) throw stale(entry);
      return { id: held.id, epoch: held.epoch, offset: entry.offset, metadata: entry.metadata };
    });
    await this.coordinator.commit(positions);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Records cannot be read just now. */
  trouble(error: Error): void {
    if (this.#ended) return;
    if (needsMending(error)) void this.#fail(error);
    else this.#goAway(error);
  }

  /** Answers when the next beat is due. */
  async #beat(): Promise<number> {
    const { sessionTimeoutMs } = this.options;
    const interval = sessionTimeoutMs / BEATS_PER_SESSION;
    const asked = this.clock.monotonic();
    try {
      const view = await this.coordinator.beat();
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
    const present = new Map(view.holdings.map((holding) => [holding.id, holding]));
    const lost = [...this.#held.values()].filter((held) => present.get(held.id)?.epoch !== held.epoch);
    if (lost.length > 0) this.#lose(lost);
    if (this.#away) {
      this.#away = false;
      if (this.#assignedGeneration >= 0) this.listener.status({ kind: 'joined' });
    }
    for (const held of this.#held.values()) held.flow?.kick();
    this.#settle();
  }

  #lose(lost: readonly Held[]): void {
    for (const held of lost) {
      held.flow?.stop();
      this.#held.delete(held.id);
    }
    this.log.warn(
      `Group ${this.options.group} lost ${names(lost)}: this process was silent for longer than its session.`,
    );
    this.listener.lost(lost.map(bare));
  }

  #goAway(error: Error): void {
    if (this.#away) return;
    this.#away = true;
    this.listener.status({ kind: 'away', error });
  }

  #settle(): void {
    if (!this.#closed) this.#settling ??= this.#settleAll().finally(() => (this.#settling = undefined));
  }

  async #settleAll(): Promise<void> {
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
    const fresh = holdings.filter((holding) => !this.#held.has(holding.id));
    if (fresh.length > 0 || generation > this.#assignedGeneration) return this.#take(fresh, generation);
    return false;
  }

  async #giveBack(askedBack: readonly Holding[]): Promise<boolean> {
    await this.#revoke(askedBack.flatMap((holding) => this.#held.get(holding.id) ?? []));
    try {
      await this.coordinator.release(askedBack.map((holding) => holding.id));
    } catch (error) {
      // The view still shows them; the next heartbeat brings us here again.
      this.#goAway(asError(error));
      return false;
    }
    this.#view = {
      ...this.#view!,
      holdings: this.#view!.holdings.filter((holding) => !askedBack.includes(holding)),
    };
    return true;
  }

  /** The listener is told and awaited for half a session; then they are no longer held, whatever it does. */
  async #revoke(held: readonly Held[]): Promise<void> {
    for (const { flow } of held) flow?.stop();
    if (held.length > 0) {
      const settled = this.listener.revoked(held.map(bare)).catch((error: unknown) => {
        this.log.warn(
          `Group ${this.options.group} gives up ${names(held)} although "revoked" failed: ${String(error)}`,
        );
      });
      if (!(await within(this.clock, this.options.sessionTimeoutMs / 2, settled))) {
        this.log.warn(
          `Group ${this.options.group} gives up ${names(held)} before "revoked" is done: half the session is over.`,
        );
      }
    }
    for (const { id, epoch } of held) if (this.#held.get(id)?.epoch === epoch) this.#held.delete(id);
  }

  async #take(fresh: readonly Holding[], generation: number): Promise<boolean> {
    const ids = fresh.map((holding) => holding.id);
    const positions = ids.length > 0 ? await this.#positions(ids) : [];
    if (!positions) return false;
    if (this.#ended || this.#closed) return false;
    const taken = positions.flatMap((position) => {
      const holding = fresh.find(({ id }) => id === position.id)!;
      return this.#isMine(holding) ? [{ holding, position }] : [];
    });
    // Those without a position are of a topic that was deleted just now.
    const gone = fresh.filter(({ id }) => !positions.some((position) => position.id === id));
    this.#view = {
      ...this.#view!,
      holdings: this.#view!.holdings.filter((holding) => !gone.includes(holding)),
    };
    for (const { holding } of taken)
      this.#held.set(holding.id, { ...holding, flow: undefined, paused: false });
    this.#assignedGeneration = generation;
    const starts = await this.listener.assigned(
      taken.map(({ position: { topic, partition, committed, earliest, end } }) => ({
        topic,
        partition,
        committed,
        earliest,
        end,
      })),
    );
    if (this.#ended || this.#closed) return false;
    for (const start of starts) this.#start(start);
    this.listener.status({ kind: 'joined' });
    return true;
  }

  async #positions(
    ids: readonly number[],
  ): Promise<Awaited<ReturnType<Coordinator['positions']>> | undefined> {
    try {
      return await this.coordinator.positions(ids);
    } catch (error) {
      if (needsMending(error)) throw error;
      this.#goAway(asError(error));
      return undefined;
    }
  }

  #start(start: StartPosition): void {
    const [held] = this.#find([start]);
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
    const [found] = await this.coordinator.positions([held.id]).catch(() => []);
    if (!found || this.#held.get(held.id) !== held) return;
    const { topic, partition, committed, earliest, end } = found;
    this.listener.outOfRange({ topic, partition, committed, earliest, end }, position);
  }

  /** Not when the session may be over: somebody else may have the partitions by now. A heartbeat will tell. */
  #mayDeliver(): boolean {
    if (this.options.broadcast || this.clock.monotonic() < this.#sessionEnds) return true;
    this.#heartbeat.within(0);
    return false;
  }

  async #close(): Promise<void> {
    // Heartbeats go on: giving up takes up to a session.
    const patience = this.options.sessionTimeoutMs / 2;
    const settled = !this.#settling || (await within(this.clock, patience, this.#settling));
    // A listener that still is in `assigned` or `revoked` must not be called again.
    if (settled) await this.#revoke([...this.#held.values()]);
    this.#end();
    await this.#leave(patience);
    this.onEnd();
  }

  async #leave(patience: number): Promise<void> {
    const left = this.coordinator.leave().catch((error: unknown) => {
      this.log.warn(
        `Group ${this.options.group} could not be left; the others wait for the session to end: ${String(error)}`,
      );
    });
    await within(this.clock, patience, left);
  }

  async #fail(error: Error): Promise<void> {
    if (this.#ended) return;
    this.#end();
    this.listener.status({ kind: 'failed', error });
    await this.#leave(this.options.sessionTimeoutMs / 2);
  }

  #end(): void {
    this.#ended = true;
    this.#heartbeat.stop();
    for (const { flow } of this.#held.values()) flow?.stop();
    this.#held.clear();
  }

  #isMine({ id, epoch }: Holding): boolean {
    return this.#view!.holdings.some((holding) => holding.id === id && holding.epoch === epoch);
  }

  #find(partitions: readonly TopicPartition[]): Held[] {
    return partitions.flatMap(({ topic, partition }) => {
      for (const held of this.#held.values()) {
        if (held.partition === partition && held.topic === topic) return [held];
      }
      return [];
    });
  }
}

function bare({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}

function names(partitions: readonly TopicPartition[]): string {
  return partitions.map(partitionName).join(', ');
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
