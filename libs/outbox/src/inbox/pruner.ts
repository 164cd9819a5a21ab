import { asError, sleep, type Clock, type Log, type Random, type Transport } from '@tramline/core';
import type { InboxGroup, OutboxStore } from '@tramline/core/outbox';

const EVERY_MS = 60_000;
/** Rows of one statement: few, since it holds their locks and a handler may be about to raise one of them. */
const BATCH = 500;
/** Between two statements, so that clearing up never takes the database for itself. */
const REST_MS = 50;

export interface PrunerOptions {
  /** How long effects are remembered at least. */
  readonly keepMs: number;
  /** How long rows that were sent are kept; null: they are not. */
  readonly retentionMs: number | null;
}

/**
 * Forgets what nobody can need any more, about once a minute, in small batches: effects in the inbox, and sent rows that were
 * kept.
 *
 * An effect goes when the event was last seen longer ago than `keepMs` and than the longest retry of its group, *and* the group
 * has committed what lies behind the event. Where the broker cannot say what was committed, everything stays.
 *
 * Every process of a service does this for the groups it runs. That does no harm, and needs no agreement.
 */
export class Pruner {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly store: Pick<OutboxStore, 'forget' | 'purge'>,
    private readonly ports: {
      readonly clock: Clock;
      readonly random: Random;
      readonly log: Log;
      readonly transport: Pick<Transport, 'groups'>;
    },
    private readonly options: PrunerOptions,
  ) {}

  /** Idempotent. */
  start(groups: readonly InboxGroup[]): void {
    const idle = groups.length === 0 && this.options.retentionMs === null;
    if (!idle && !this.stopping.signal.aborted) this.running ??= this.run(groups);
  }

  /** Idempotent; never rejects. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Never rejects. */
  private async run(groups: readonly InboxGroup[]): Promise<void> {
    while (await this.rest(EVERY_MS * (0.5 + this.ports.random.next()))) {
      try {
        for (const group of groups) await this.prune(group);
        await this.purge();
      } catch (error) {
        // Next time: what lies too long takes room and does nothing else.
        this.ports.log.debug(`The inbox could not be pruned: ${asError(error).message}`);
      }
    }
  }

  private async prune({ group, consumerGroup, topics, longestRetryMs }: InboxGroup): Promise<void> {
    const committed = await this.ports.transport.groups.committed(consumerGroup, topics);
    const keepMs = Math.max(this.options.keepMs, longestRetryMs);
    while ((await this.store.forget(group, committed, keepMs, BATCH)) === BATCH)
      if (!(await this.rest(REST_MS))) return;
  }

  private async purge(): Promise<void> {
    const { retentionMs } = this.options;
    if (retentionMs === null) return;
    while ((await this.store.purge(retentionMs, BATCH)) === BATCH) if (!(await this.rest(REST_MS))) return;
  }

  /** @returns false: the end */
  private async rest(ms: number): Promise<boolean> {
    await sleep(this.ports.clock, ms, this.stopping.signal).catch(() => undefined);
    return !this.stopping.signal.aborted;
  }
}
