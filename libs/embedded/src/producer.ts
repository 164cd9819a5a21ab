import type { Appended, Clock, OutgoingRecord, TopicPartition } from '@tramline/core';
import type { WorkerLink } from './worker-link.js';

/** How long a number of partitions is believed. The contract allows a minute; looking costs little. */
const COUNT_TTL_MS = 5_000;

/** What publishers need of the log. */
export class Producer {
  readonly #counts = new Map<string, { readonly count: Promise<number>; readonly until: number }>();

  constructor(
    private readonly link: WorkerLink,
    private readonly clock: Clock,
  ) {}

  append(
    target: TopicPartition,
    records: readonly OutgoingRecord[],
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<Appended> {
    return this.link.append(target, records, timeoutMs);
  }

  partitionCount(topic: string): Promise<number> {
    const now = this.clock.monotonic();
    const known = this.#counts.get(topic);
    if (known && now < known.until) return known.count;
    const count = this.link.call('partitionCount', topic);
    this.#counts.set(topic, { count, until: now + COUNT_TTL_MS });
    count.catch(() => this.forget(topic));
    return count;
  }

  /** What this process changed itself is seen at once. */
  forget(topic: string): void {
    this.#counts.delete(topic);
  }
}
