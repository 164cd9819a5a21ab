import { ModelDatabaseError } from './errors.js';

export type LockMode = 'shared' | 'exclusive';

interface Waiter<Owner> {
  readonly owner: Owner;
  readonly mode: LockMode;
  readonly granted: () => void;
  readonly failed: (error: Error) => void;
}

interface Lock<Owner> {
  readonly holders: Map<Owner, LockMode>;
  readonly queue: Waiter<Owner>[];
}

/**
 * Locks by name, in the order in which they were asked for, held until they are released. Who would close a circle of waiting
 * is refused, as a database with deadlock detection does.
 */
export class Locks<Owner> {
  readonly #locks = new Map<string, Lock<Owner>>();

  /** Resolves when `owner` holds it. @throws ModelDatabaseError `conflict` */
  acquire(owner: Owner, name: string, mode: LockMode): Promise<void> {
    const lock = this.#lock(name);
    const held = lock.holders.get(owner);
    if (held === 'exclusive' || held === mode) return Promise.resolve();
    // Who holds it already goes before the queue: nobody there could go on without it.
    if (this.#fits(lock, owner, mode) && (held !== undefined || lock.queue.length === 0)) {
      lock.holders.set(owner, mode);
      return Promise.resolve();
    }
    return new Promise((granted, failed) => {
      const waiter = { owner, mode, granted, failed };
      if (held === undefined) lock.queue.push(waiter);
      else lock.queue.unshift(waiter);
      if (!this.#waitsFor(owner, owner, new Set())) return;
      lock.queue.splice(lock.queue.indexOf(waiter), 1);
      failed(new ModelDatabaseError('conflict', `Deadlock detected at lock ${name}.`));
    });
  }

  /** Names that `owner` holds. */
  heldBy(owner: Owner): string[] {
    return [...this.#locks].filter(([, { holders }]) => holders.has(owner)).map(([name]) => name);
  }

  holders(name: string): Owner[] {
    return [...(this.#locks.get(name)?.holders.keys() ?? [])];
  }

  /** Lets go of these locks (default: all), and takes `owner` out of every queue when it is all. */
  release(owner: Owner, names?: readonly string[]): void {
    for (const [name, lock] of [...this.#locks]) {
      if (names && !names.includes(name)) continue;
      lock.holders.delete(owner);
      if (!names) {
        for (const waiter of lock.queue.filter((found) => found.owner === owner)) {
          lock.queue.splice(lock.queue.indexOf(waiter), 1);
          waiter.failed(new ModelDatabaseError('away', 'The transaction ended while it waited for a lock.'));
        }
      }
      this.#grant(name, lock);
    }
  }

  #lock(name: string): Lock<Owner> {
    let lock = this.#locks.get(name);
    if (!lock) this.#locks.set(name, (lock = { holders: new Map(), queue: [] }));
    return lock;
  }

  #fits({ holders }: Lock<Owner>, owner: Owner, mode: LockMode): boolean {
    for (const [holder, held] of holders) {
      if (holder !== owner && (mode === 'exclusive' || held === 'exclusive')) return false;
    }
    return true;
  }

  #grant(name: string, lock: Lock<Owner>): void {
    for (let next = lock.queue[0]; next && this.#fits(lock, next.owner, next.mode); next = lock.queue[0]) {
      lock.queue.shift();
      lock.holders.set(next.owner, next.mode);
      next.granted();
    }
    if (lock.holders.size === 0 && lock.queue.length === 0) this.#locks.delete(name);
  }

  /** Whether `from` waits, through others, for `target`. */
  #waitsFor(from: Owner, target: Owner, seen: Set<Owner>): boolean {
    for (const { holders, queue } of this.#locks.values()) {
      const place = queue.findIndex(({ owner }) => owner === from);
      if (place < 0) continue;
      const before = [...holders.keys(), ...queue.slice(0, place).map(({ owner }) => owner)];
      for (const owner of before) {
        if (owner === from || seen.has(owner)) continue;
        if (owner === target) return true;
        seen.add(owner);
        if (this.#waitsFor(owner, target, seen)) return true;
      }
    }
    return false;
  }
}
