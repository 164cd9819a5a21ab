import type { StoredBatch } from './wire/stored.js';
import type { Pushed, WorkerLink } from './worker-link.js';

/** What follows one partition from an offset on. */
export interface TailListener {
  batch(batch: StoredBatch): void;
  /** The end of this tail: its position no longer exists. */
  outOfRange(position: number): void;
}

/** One followed partition. */
export interface Tail {
  /** A batch was handled: the worker may send another. */
  grant(): void;
  close(): void;
}

interface OpenTail {
  readonly partition: number;
  readonly listener: TailListener;
  /** Where to follow again if the worker dies. */
  position: number;
}

/** The main thread's book of what a worker follows for it. */
export class Tails {
  readonly #tails = new Map<number, OpenTail>();
  readonly #groups = new Map<number, Set<(version: number) => void>>();
  readonly #topicWatchers = new Set<() => void>();
  #nextId = 1;

  constructor(private readonly link: () => WorkerLink) {}

  open(partition: number, from: number, listener: TailListener): Tail {
    const id = this.#nextId++;
    this.#tails.set(id, { partition, listener, position: from });
    this.link().tail({ kind: 'open', tail: id, partition, from });
    return {
      grant: () => this.link().tail({ kind: 'grant', tail: id }),
      close: () => {
        if (this.#tails.delete(id)) this.link().tail({ kind: 'close', tail: id });
      },
    };
  }

  /** Calls `changed` whenever a member of the group has something to look at. Answers how to stop. */
  watchGroup(groupId: number, changed: (version: number) => void): () => void {
    const watchers = this.#groups.get(groupId) ?? new Set();
    this.#groups.set(groupId, watchers.add(changed));
    this.link().tail({ kind: 'watch-group', groupId });
    return () => {
      watchers.delete(changed);
      if (watchers.size > 0 || !this.#groups.delete(groupId)) return;
      this.link().tail({ kind: 'unwatch-group', groupId });
    };
  }

  /** Calls `changed` soon, then whenever topics or partitions come or go. Answers how to stop. */
  watchTopics(changed: () => void): () => void {
    this.#topicWatchers.add(changed);
    this.link().tail({ kind: 'watch-topics', on: true });
    return () => {
      this.#topicWatchers.delete(changed);
      if (this.#topicWatchers.size === 0) this.link().tail({ kind: 'watch-topics', on: false });
    };
  }

  receive({ batches, outOfRange, groups, topics }: Pushed): void {
    for (const { tail, batch } of batches) {
      const open = this.#tails.get(tail);
      if (!open) continue;
      open.position = batch.nextOffset;
      open.listener.batch(batch);
    }
    for (const [tail, position] of outOfRange) {
      const open = this.#tails.get(tail);
      this.#tails.delete(tail);
      open?.listener.outOfRange(position);
    }
    for (const [group, version] of groups)
      for (const changed of [...(this.#groups.get(group) ?? [])]) changed(version);
    if (topics) for (const changed of [...this.#topicWatchers]) changed();
  }

  /** Tells a new worker all that the last one knew. */
  reopen(): void {
    for (const [id, { partition, position }] of this.#tails) {
      this.link().tail({ kind: 'open', tail: id, partition, from: position });
    }
    for (const groupId of this.#groups.keys()) this.link().tail({ kind: 'watch-group', groupId });
    if (this.#topicWatchers.size > 0) this.link().tail({ kind: 'watch-topics', on: true });
  }
}
