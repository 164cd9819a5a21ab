import type { Observations } from '../observe/observations.js';
import type { Clock } from '../time/clock.js';
import type { Draft, PendingEvent } from './pending-event.js';
import type { PublishError } from './publish-error.js';
import type { PublisherSettings } from './publisher-options.js';
import type { Receipt } from './receipt.js';

/** Events that one `flush` waits for: those accepted since the flush before. */
export interface Wave {
  unsettled: number;
  ended: (() => void) | undefined;
}

/** Keeps count of accepted events: what they take of the buffer, and which are not settled yet. Tells observers how they end. */
export class Ledger {
  private events = 0;
  private bytes = 0;
  private wave: Wave = { unsettled: 0, ended: undefined };
  private readonly earlier = new Map<Wave, Promise<void>>();

  constructor(
    private readonly limits: Pick<PublisherSettings, 'bufferEvents' | 'bufferBytes'>,
    private readonly observations: Observations,
    private readonly clock: Clock,
  ) {}

  /** Takes a place in the buffer. @returns why there is none, or the wave the event belongs to */
  accept(bytes: number): Wave | string {
    if (this.events >= this.limits.bufferEvents)
      return `${this.events} events wait for the broker (publisher.bufferEvents)`;
    if (this.bytes + bytes > this.limits.bufferBytes)
      return `${this.bytes} bytes wait for the broker (publisher.bufferBytes)`;
    this.events++;
    this.bytes += bytes;
    this.wave.unsettled++;
    return this.wave;
  }

  /** Gives the places back, once nothing refers to the records any more. */
  release(events: readonly PendingEvent[]): void {
    this.events -= events.length;
    for (const { draft } of events) this.bytes -= draft.bytes;
  }

  published({ draft, wave }: PendingEvent, receipt: Receipt): void {
    this.settle(wave);
    if (!this.observations.active) return;
    const { eventId, topic, partition, offset } = receipt;
    const { type, key } = draft;
    const durationMs = this.clock.monotonic() - draft.startedAt;
    this.observations.tell({ kind: 'published', eventId, type, key, durationMs, topic, partition, offset });
  }

  /** @param wave - absent for an event that was never accepted */
  failed({ id, type, topic }: Pick<Draft, 'id' | 'type' | 'topic'>, error: PublishError, wave?: Wave): void {
    if (wave) this.settle(wave);
    if (!this.observations.active) return;
    this.observations.tell({
      kind: 'publish-failed',
      eventId: id,
      type,
      topic,
      outcome: error.outcome,
      error,
    });
  }

  /** Whether every accepted event is settled. */
  get quiet(): boolean {
    return this.wave.unsettled === 0 && this.earlier.size === 0;
  }

  /** Resolves when every event accepted so far is settled, either way. */
  async settled(): Promise<void> {
    const { wave } = this;
    if (wave.unsettled > 0) {
      this.wave = { unsettled: 0, ended: undefined };
      this.earlier.set(wave, new Promise((resolve) => (wave.ended = resolve)));
    }
    await Promise.all(this.earlier.values());
  }

  private settle(wave: Wave): void {
    if (--wave.unsettled > 0 || !wave.ended) return;
    this.earlier.delete(wave);
    wave.ended();
  }
}
