import { asError, type Clock, type Log, type Observations, type Timer } from '@tramline/core';
import type { OutboxHealth, OutboxStatus, OutboxStore } from '@tramline/core/outbox';
import { isLate, LATE_MS, problemsOf } from './outbox-problems.js';

const EVERY_MS = 10_000;
/** Counting a long backlog takes its time: between two looks lies at least so many times what the last one took. */
const REST_TIMES = 20;

/**
 * Looks at the outbox as a whole every now and then, so that health can tell of it without asking anybody, and observers hear
 * of it.
 *
 * Made -> looking -> stopped. While the database does not answer, the last answer stands beside the problem; a database user
 * that may not read the tables, as one that only publishes, is not asked again.
 */
export class OutboxWatch {
  private status: OutboxStatus | null = null;
  private answeredAt = 0;
  /** Since when nothing was answered; undefined: the last question was. */
  private silentSince: number | undefined;
  private error: Error | undefined;
  private timer: Timer | undefined;
  private stopped = false;
  private told = false;

  constructor(
    private readonly store: Pick<OutboxStore, 'status'>,
    private readonly ports: { readonly clock: Clock; readonly log: Log; readonly observations: Observations },
  ) {}

  get health(): OutboxHealth {
    const now = this.ports.clock.monotonic();
    const { status, error, silentSince } = this;
    const silentMs = now - (silentSince ?? now);
    const silent =
      error ?? (silentMs > LATE_MS ? new Error('It takes more than a minute to answer.') : undefined);
    return {
      status,
      agoMs: status && now - this.answeredAt,
      late: silentMs > LATE_MS || (status !== null && isLate(status)),
      problems: [
        ...(silent ? [`The database of the outbox does not say how it stands: ${silent.message}`] : []),
        ...(status ? problemsOf(status) : []),
      ],
    };
  }

  /** Called once. */
  start(): void {
    void this.look();
  }

  /** Idempotent. A question that is under way is left to itself. */
  stop(): void {
    this.stopped = true;
    this.silentSince = undefined;
    this.error = undefined;
    this.timer?.cancel();
  }

  /** Never rejects. */
  private async look(): Promise<void> {
    const { clock } = this.ports;
    const asked = clock.monotonic();
    this.silentSince ??= asked;
    try {
      const status = await this.store.status();
      if (this.stopped) return;
      this.answered(status);
    } catch (thrown) {
      if (this.stopped) return;
      this.error = asError(thrown);
      if ((thrown as { readonly code?: unknown }).code === 'TRAMLINE_OUTBOX_RIGHTS') return this.stop();
    }
    this.tell();
    const restMs = Math.max(EVERY_MS, REST_TIMES * (clock.monotonic() - asked));
    this.timer = clock.setTimer(restMs, () => void this.look());
  }

  private answered(status: OutboxStatus): void {
    const { clock, observations } = this.ports;
    this.status = status;
    this.answeredAt = clock.monotonic();
    this.silentSince = undefined;
    this.error = undefined;
    if (observations.active) observations.tell({ kind: 'outbox-status', ...status });
  }

  /** One line when it begins, one when it is over. */
  private tell(): void {
    const { status } = this;
    const problems = status && !this.error ? problemsOf(status) : [];
    if (problems.length > 0 && !this.told) for (const problem of problems) this.ports.log.warn(problem);
    if (problems.length === 0 && this.told && !this.error)
      this.ports.log.info('The outbox is no longer late.');
    if (!this.error) this.told = problems.length > 0;
  }
}
