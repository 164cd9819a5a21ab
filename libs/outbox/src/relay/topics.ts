import { asError, type Clock } from '@tramline/core';
import type { OutboxEnvironment } from '@tramline/core/outbox';

/** How old the number of partitions may be; the transport's own cache may add a minute. */
const COUNT_LIFE_MS = 10_000;
/** How long a topic that was refused is not asked for again: every new key would ask. */
const FAULT_LIFE_MS = 1_000;

interface Known {
  readonly partitions: number;
  askedAt: number;
  asking: boolean;
}

interface Fault {
  readonly error: Error;
  readonly until: number;
}

/** `asking`: not known yet; who asks is told by `changed`. An error: the broker did not say, or said no. */
export type Answer = number | 'asking' | Error;

/**
 * How many partitions topics have. A topic that is not known is made or checked, then asked for; one that is known is asked
 * for again now and then, beside its rows.
 */
export class Topics {
  private readonly known = new Map<string, Known>();
  private readonly faults = new Map<string, Fault>();
  private readonly asking = new Set<string>();

  constructor(
    private readonly ports: Pick<OutboxEnvironment, 'transport' | 'prepareTopic'> & { readonly clock: Clock },
    /** Rows may have another lane now, or one at all. */
    private readonly changed: () => void,
  ) {}

  partitions(topic: string): Answer {
    const now = this.ports.clock.monotonic();
    const known = this.known.get(topic);
    if (known) {
      if (now - known.askedAt > COUNT_LIFE_MS && !known.asking) void this.refresh(topic, known);
      return known.partitions;
    }
    const fault = this.faults.get(topic);
    if (fault && now < fault.until) return fault.error;
    if (!this.asking.has(topic)) void this.ask(topic);
    return 'asking';
  }

  /** The broker does not know it any more. */
  forget(topic: string): void {
    this.known.delete(topic);
  }

  /** Never rejects. */
  private async ask(topic: string): Promise<void> {
    this.asking.add(topic);
    this.faults.delete(topic);
    try {
      await this.ports.prepareTopic(topic);
      const partitions = await this.ports.transport.partitionCount(topic);
      this.known.set(topic, { partitions, askedAt: this.ports.clock.monotonic(), asking: false });
    } catch (thrown) {
      const until = this.ports.clock.monotonic() + FAULT_LIFE_MS;
      this.faults.set(topic, { error: asError(thrown), until });
    }
    this.asking.delete(topic);
    this.changed();
  }

  /** Never rejects: while the broker does not answer, the number that was known holds. */
  private async refresh(topic: string, known: Known): Promise<void> {
    known.asking = true;
    const partitions = await this.ports.transport.partitionCount(topic).catch(() => known.partitions);
    if (this.known.get(topic) !== known) return;
    this.known.set(topic, { partitions, askedAt: this.ports.clock.monotonic(), asking: false });
    if (partitions !== known.partitions) this.changed();
  }
}
