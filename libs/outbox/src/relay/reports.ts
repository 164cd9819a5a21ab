import type { Clock, Log, Observations } from '@tramline/core';
import type { OutboxRow, RelayHealth } from '@tramline/core/outbox';

/** A line of one kind at most once in so long: an outage must not fill the log. */
const LINE_EVERY_MS = 60_000;

/** Tells people, observers and health what a relay does. */
export class Reports {
  private current: RelayHealth;
  private readonly written = new Map<string, number>();

  constructor(
    owner: string,
    private readonly ports: { readonly clock: Clock; readonly log: Log; readonly observations: Observations },
  ) {
    this.current = { owner, status: 'stopped', buckets: 0, error: null };
  }

  get health(): RelayHealth {
    return this.current;
  }

  relaying(buckets: number): void {
    if (this.current.status === 'away') this.ports.log.info('The outbox is relayed again.');
    this.change('relaying', buckets);
  }

  /** @param what - 'database' or 'broker' */
  away(what: string, error: Error): void {
    this.line(
      `away ${what}`,
      `The outbox is not relayed: the ${what} cannot be used: ${error.message} Trying on; what is written waits in the table.`,
    );
    this.change('away', this.current.buckets, error);
  }

  stopped(): void {
    this.change('stopped', 0);
  }

  /** @param since - monotonic milliseconds when the first of them was read */
  relayed(rows: number, since: number): void {
    const { observations, clock } = this.ports;
    if (observations.active && rows > 0)
      observations.tell({ kind: 'relayed', rows, durationMs: clock.monotonic() - since });
  }

  held(rows: readonly OutboxRow[], delayMs: number, error: Error): void {
    this.line(
      'held',
      `${rows.length} events of the outbox wait, and others of their keys behind them: ${error.message} They are tried again in ${Math.round(delayMs)} ms.`,
    );
    if (!this.ports.observations.active) return;
    for (const { id, type, topic } of rows)
      this.ports.observations.tell({ kind: 'row-held', eventId: id, type, topic, error, delayMs });
  }

  dead(rows: readonly OutboxRow[], error: Error): void {
    for (const { id, type, topic } of rows) {
      this.line(
        `dead ${topic}`,
        `Event '${type}' (${id}) of the outbox cannot be sent to topic '${topic}' and was set aside as a dead row: ${error.message}`,
      );
      if (this.ports.observations.active)
        this.ports.observations.tell({ kind: 'row-dead', eventId: id, type, topic, error });
    }
  }

  private change(status: RelayHealth['status'], buckets: number, error: Error | null = null): void {
    const { current } = this;
    this.current = { owner: current.owner, status, buckets, error };
    if (current.status === status && current.buckets === buckets) return;
    const { observations } = this.ports;
    if (!observations.active) return;
    const { owner } = current;
    observations.tell({ kind: 'relay-status', owner, buckets, status, ...(error && { error }) });
  }

  private line(kind: string, text: string): void {
    const now = this.ports.clock.monotonic();
    if (now - (this.written.get(kind) ?? -Infinity) < LINE_EVERY_MS) return;
    this.written.set(kind, now);
    this.ports.log.warn(text);
  }
}
