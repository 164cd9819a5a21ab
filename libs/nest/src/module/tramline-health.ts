import { Injectable } from '@nestjs/common';
import { Tramline, type Health } from '@tramline/core';

/** Answers the probes of whoever runs the process. Plain functions: put them behind any route, or in any health library. */
@Injectable()
export class TramlineHealth {
  constructor(private readonly tramline: Tramline) {}

  /**
   * `up: false` only once the bus is closed, which a restart of the process mends. Not when a group is `failed`: a restart
   * would not help, and would take the other groups along. Readiness and `groups` show that.
   */
  liveness(): HealthAnswer {
    const { live, groups } = this.tramline.health();
    return { up: live, groups };
  }

  /**
   * `up: true` once the first assignment of every group arrived, even an empty one; at once where nothing is consumed.
   * `up: false` while a group is `away` or `failed`, and once consuming has stopped.
   */
  readiness(): HealthAnswer {
    const { ready, groups } = this.tramline.health();
    return { up: ready, groups };
  }
}

export interface HealthAnswer {
  readonly up: boolean;
  /** How each group that this process consumes for stands. One of status `failed` has the fix in its `lastError`. */
  readonly groups: Health['groups'];
}
