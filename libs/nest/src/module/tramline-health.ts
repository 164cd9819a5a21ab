import { Injectable } from '@nestjs/common';
import { Tramline, type Health } from '@tramline/core';

/** Answers the probes of whoever runs the process. Plain functions: put them behind any route, or in any health library. */
@Injectable()
export class TramlineHealth {
  constructor(private readonly tramline: Tramline) {}

  /**
   * `up: false` only when nothing but a restart of the process mends it: the bus is closed, or a transport went silent and
   * replacing it did not help. Not when a group is `failed`: a restart would not help, and would take the other groups along.
   * Readiness and `groups` show that.
   */
  liveness(): HealthAnswer {
    const { live, ...rest } = this.tramline.health();
    return answer(live, rest);
  }

  /**
   * `up: true` once the first assignment of every group arrived, even an empty one; at once where nothing is consumed.
   * `up: false` while a group is `away` or `failed`, and once consuming has stopped. A group that is `stalled` leaves it up,
   * because the rest of the process works: `stalled` and `problems` say so.
   */
  readiness(): HealthAnswer {
    const { ready, ...rest } = this.tramline.health();
    return answer(ready, rest);
  }
}

export interface HealthAnswer {
  readonly up: boolean;
  /** A group does not move though it should. */
  readonly stalled: boolean;
  /** What is wrong with consuming and outbox, a sentence each; also what leaves `up` as it is. */
  readonly problems: readonly string[];
  /** How each group that this process consumes for stands. One of status `failed` has the fix in its `lastError`. */
  readonly groups: Health['groups'];
  /** How the relay of this process stands; null where it has none. */
  readonly relay: Health['relay'];
  /** Backlog and age of the outbox, a moment ago; null where there is none. Whatever it says, `up` stays. */
  readonly outbox: Health['outbox'];
  /** When a quota of the broker made this process wait last; null while none did. `up` stays. */
  readonly throttled: Health['throttled'];
}

function answer(up: boolean, health: Rest): HealthAnswer {
  const { stalled, problems, groups, relay, outbox, throttled } = health;
  return { up, stalled, problems, groups, relay, outbox, throttled };
}

type Rest = Omit<Health, 'live' | 'ready'>;
