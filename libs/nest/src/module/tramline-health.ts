import { Injectable } from '@nestjs/common';
import { Tramline, type Health } from '@tramline/core';

/** Answers the probes of whoever runs the process. Plain functions: put them behind any route, or in any health library. */
@Injectable()
export class TramlineHealth {
  constructor(private readonly tramline: Tramline) {}

  /** `up: false` when only a restart of the process would help: its bus is closed. */
  liveness(): HealthAnswer {
    const { live, groups } = this.tramline.health();
    return { up: live, groups };
  }

  /** `up: true` once the first assignment of every group arrived, even an empty one; at once where nothing is consumed. */
  readiness(): HealthAnswer {
    const { ready, groups } = this.tramline.health();
    return { up: ready, groups };
  }
}

export interface HealthAnswer {
  readonly up: boolean;
  /** How each group that this process consumes for stands. */
  readonly groups: Health['groups'];
}
