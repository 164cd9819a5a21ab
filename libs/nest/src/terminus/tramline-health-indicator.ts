import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { GroupHealth, OutboxHealth, RelayHealth } from '@tramline/core';
import { TramlineHealth, type HealthAnswer } from '../module/tramline-health.js';

/**
 * {@link TramlineHealth} as an indicator for @nestjs/terminus 11 and 12. Provide it in the module that imports
 * `TerminusModule`. It looks at the service's own consumers and at what it knows of its outbox, and opens no connection, so it may be asked as often as you like.
 */
@Injectable()
export class TramlineHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly health: TramlineHealth,
  ) {}

  /** For liveness probes: `down` only when nothing but a restart of the process mends it. */
  liveness<const Key extends string = 'tramline'>(key?: Key): HealthIndicatorResult<Key> {
    const answer = this.health.liveness();
    return this.tell(key, answer, answer.up ? 'up' : 'down');
  }

  /**
   * For readiness probes: `down` before the first assignment, while the broker is away, when a group failed, and while the
   * process stops. A stalled group is `degraded`, which terminus answers with 200; terminus 11 does not know that, so it is
   * `down` there. An outbox that is late is `degraded` too, and `up` with terminus 11: what is written there is safe, and a
   * service that is taken away would write nothing more.
   */
  readiness<const Key extends string = 'tramline'>(key?: Key): HealthIndicatorResult<Key> {
    const answer = this.health.readiness();
    if (answer.up && answer.stalled) return this.tell(key, answer, 'degraded');
    if (answer.up && answer.outbox?.late) return this.tell(key, answer, 'late');
    return this.tell(key, answer, answer.up ? 'up' : 'down');
  }

  private tell<Key extends string>(
    key: Key | undefined,
    { problems, groups, relay, outbox, throttled }: HealthAnswer,
    status: 'up' | 'late' | 'degraded' | 'down',
  ): HealthIndicatorResult<Key> {
    const session = this.indicators.check(key ?? ('tramline' as Key));
    const data = {
      groups: groups.map(summary),
      ...(outbox && { outbox: outboxSummary(outbox, relay) }),
      ...(throttled && { throttled: { ...throttled, at: new Date(throttled.at).toISOString() } }),
    };
    if (status === 'up') return session.up(data);
    const told = { message: problems.join(' '), ...data };
    if (status !== 'down' && knowsDegraded(session)) return session.degraded(told);
    return status === 'late' ? session.up(told) : session.down(told);
  }
}

/** Terminus 11 does not. */
function knowsDegraded(session: { readonly degraded?: unknown }): boolean {
  return typeof session.degraded === 'function';
}

/** What fits into an answer by HTTP. Errors are texts: JSON would leave out what they say. */
function summary({ group, broadcast, status, partitions, lag, heardMs, ...rest }: GroupHealth) {
  const { lastError, lastErrorAt, handlers } = rest;
  return {
    group,
    ...(broadcast && { broadcast }),
    status,
    partitions,
    lag,
    heardMs,
    running: handlers.reduce((sum, { running }) => sum + running, 0),
    ...(lastError && { lastError: lastError.message, lastErrorAt: new Date(lastErrorAt!).toISOString() }),
  };
}

function outboxSummary({ status, agoMs, late }: OutboxHealth, relay: RelayHealth | null) {
  return {
    late,
    agoMs,
    ...status,
    relay: relay && { ...relay, error: relay.error && relay.error.message },
  };
}
