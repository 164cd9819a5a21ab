import type { Response, TailBatch, TailCommand } from '../wire/messages.js';
import { asFailure, isBroken } from './sqlite-error.js';
import { Bell } from './bell.js';
import type { Connection } from './connection.js';
import { readBatch } from './read-batch.js';
import type { OpenLog } from './open-log.js';
import { topicsVersion } from './topics.js';

/** Batches that may be on their way or waiting in the main thread, per partition: one is handled while the next is read. */
const CREDIT = 2;
/** After reading this long, what was read is sent and the event loop gets its turn. */
const LONGEST_MS = 10;

interface Tail {
  readonly id: number;
  readonly partition: number;
  position: number;
  credit: number;
}

export type Push = Pick<Response, 'batches' | 'outOfRange' | 'groups' | 'topics' | 'away'>;

/**
 * Follows the ends of partitions, and the versions of groups and topics, and pushes what is new. It asks SQLite first
 * whether anybody committed at all, which costs microseconds, so idle polls are cheap.
 */
export class Tails {
  readonly #tails = new Map<number, Tail>();
  readonly #groups = new Map<number, number>();
  #watchTopics = false;
  #topics = -1;
  #seen = -1;
  #bell: Bell | undefined;
  #opening = false;
  #again = false;
  #broken = false;

  constructor(
    private readonly directory: string,
    private readonly log: OpenLog,
    private readonly push: (push: Push) => void,
  ) {}

  apply(command: TailCommand): void {
    switch (command.kind) {
      case 'open':
        this.#tails.set(command.tail, {
          id: command.tail,
          partition: command.partition,
          position: command.from,
          credit: CREDIT,
        });
        break;
      case 'grant': {
        const tail = this.#tails.get(command.tail);
        if (tail) tail.credit++;
        break;
      }
      case 'close':
        this.#tails.delete(command.tail);
        break;
      case 'watch-group':
        this.#groups.set(command.groupId, -1);
        break;
      case 'unwatch-group':
        this.#groups.delete(command.groupId);
        break;
      case 'watch-topics':
        this.#watchTopics = command.on;
        // Whoever begins to watch hears of it once, so that nothing is missed between its first look and ours.
        this.#topics = -1;
    }
    this.#again = true;
    if (this.#bell) this.#bell.hint();
    else void this.#open();
  }

  close(): void {
    this.#bell?.close();
    this.#bell = undefined;
    this.#tails.clear();
    this.#groups.clear();
  }

  async #open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    try {
      const { acked } = await this.log.store();
      this.#bell ??= new Bell(acked.path, () => void this.#look());
    } catch (error) {
      this.#report(error);
      setTimeout(() => void this.#open(), 1_000).unref();
    } finally {
      this.#opening = false;
    }
    await this.#look();
  }

  async #look(): Promise<void> {
    try {
      const { read } = await this.log.store();
      const version = read.get<{ data_version: number }>('PRAGMA data_version')!.data_version;
      if (version === this.#seen && !this.#again) return;
      this.#seen = version;
      this.#again = false;
      this.#bell?.busy();
      const push = read.snapshot(() => this.#collect(read));
      if (push) this.push(push);
      this.#broken = false;
    } catch (error) {
      this.#report(error);
    }
  }

  #collect(read: Connection): Push | undefined {
    const batches: TailBatch[] = [];
    const outOfRange: [number, number][] = [];
    const until = performance.now() + LONGEST_MS;
    for (const tail of [...this.#tails.values()]) {
      if (performance.now() > until) {
        this.#lookAgain();
        break;
      }
      this.#follow(read, tail, batches, outOfRange);
    }
    const groups = this.#changedGroups(read);
    const topics = this.#topicsChanged(read);
    const something = batches.length + outOfRange.length + groups.length > 0 || topics || this.#broken;
    return something ? { batches, outOfRange, groups, topics, away: undefined } : undefined;
  }

  #follow(read: Connection, tail: Tail, batches: TailBatch[], outOfRange: [number, number][]): void {
    if (tail.credit === 0) return;
    const bounds = read.get<{ start: number; end: number }>(
      'SELECT start_offset AS start, next_offset AS "end" FROM partitions WHERE id = ?',
      tail.partition,
    );
    // A deleted topic: the assignment will say so.
    if (!bounds) return;
    if (tail.position < bounds.start || tail.position > bounds.end) {
      this.#tails.delete(tail.id);
      outOfRange.push([tail.id, tail.position]);
      return;
    }
    const batch = readBatch(read, tail.partition, tail.position, bounds.end);
    if (!batch) return;
    tail.position = batch.nextOffset;
    tail.credit--;
    batches.push({ tail: tail.id, batch });
    // The tail is taken last next time, so that a long one does not starve the others.
    this.#tails.delete(tail.id);
    this.#tails.set(tail.id, tail);
    if (batch.nextOffset < bounds.end && tail.credit > 0) this.#lookAgain();
  }

  #changedGroups(read: Connection): [number, number][] {
    const changed: [number, number][] = [];
    for (const [id, known] of this.#groups) {
      const row = read.get<{ version: number }>('SELECT version FROM groups WHERE id = ?', id);
      if (!row || row.version === known) continue;
      this.#groups.set(id, row.version);
      changed.push([id, row.version]);
    }
    return changed;
  }

  #topicsChanged(read: Connection): boolean {
    if (!this.#watchTopics) return false;
    const version = topicsVersion(read);
    if (version === this.#topics) return false;
    this.#topics = version;
    return true;
  }

  #lookAgain(): void {
    this.#again = true;
    this.#bell?.hint();
  }

  #report(error: unknown): void {
    if (isBroken(error)) this.log.drop();
    this.#again = true;
    this.#broken = true;
    const away = asFailure(error, this.directory).failure;
    this.push({ batches: [], outOfRange: [], groups: [], topics: false, away });
  }
}
