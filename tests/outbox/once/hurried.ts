import type { Clock, OutboxProvider } from '@tramline/core';

/** What waits so long is pruning and its like; nothing that a spec of seconds is about. */
const LONG_MS = 20_000;
const SPED_UP = 200;

/** An outbox whose long waits are short, so that a spec sees the pruner at work. The times in the database are real. */
export function hurried(provider: OutboxProvider): OutboxProvider {
  return {
    name: provider.name,
    open: (environment) => provider.open({ ...environment, clock: hurriedClock(environment.clock) }),
  };
}

function hurriedClock(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimer: (delayMs, fire, hold) =>
      clock.setTimer(delayMs >= LONG_MS ? delayMs / SPED_UP : delayMs, fire, hold),
  };
}
