import type { CommittedOffset, StoredRecord } from '@tramline/core';
import type { PartitionLog } from './partition-log.js';

/** Sees what the broker stores, at the moment it does, whether or not the caller is ever told. Must not throw. */
export interface BrokerWatcher {
  /** A record lies in its log; it must not be changed. */
  appended?(record: StoredRecord): void;
  /** A position of a group was stored. `clientId`: the member's; null when it was set by force. */
  committed?(group: string, entry: CommittedOffset, clientId: string | null): void;
}

/** All who watch one broker. */
export class Watchers {
  readonly #watchers = new Set<BrokerWatcher>();

  /** @returns stops it */
  add(watcher: BrokerWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  appended(log: PartitionLog, baseOffset: number): void {
    if (this.#watchers.size === 0) return;
    for (const record of log.since(baseOffset)) {
      for (const watcher of this.#watchers) watcher.appended?.(record);
    }
  }

  committed(group: string, entry: CommittedOffset, clientId: string | null): void {
    for (const watcher of this.#watchers) watcher.committed?.(group, entry, clientId);
  }
}
