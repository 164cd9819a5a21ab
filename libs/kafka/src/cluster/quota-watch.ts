import { formatDuration, type TransportEnvironment } from '@tramline/core';

/** While quotas hold us back, a line in so many milliseconds. */
const INTERVAL_MS = 60_000;

/** Says that a quota of the cluster holds us back: things then go slower for no reason that we could mend. */
export class QuotaWatch {
  private saidAt = -Infinity;
  private sinceMs = 0;

  constructor(private readonly environment: Pick<TransportEnvironment, 'clock' | 'log' | 'throttled'>) {}

  /** @param ms - that a broker wants no further request of the client */
  heldBack(broker: string, clientId: string, ms: number): void {
    const { clock, log, throttled } = this.environment;
    throttled?.(broker, ms);
    const now = clock.monotonic();
    this.sinceMs += ms;
    if (now - this.saidAt < INTERVAL_MS) return;
    log.warn(
      `Kafka at ${broker} holds client '${clientId}' back by a quota, for ${formatDuration(this.sinceMs)} in the last minute: ` +
        `what it publishes and consumes is late by as much. Where that is too slow, raise the quota (kafka-configs, entity type clients or users).`,
    );
    this.saidAt = now;
    this.sinceMs = 0;
  }
}
