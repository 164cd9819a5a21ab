import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { type HealthAnswer, TramlineHealth } from '@tramline/nest';

/** For whoever runs this process. */
@Controller('health')
export class HealthController {
  constructor(private readonly tramline: TramlineHealth) {}

  /** Whether it takes part: 503 until it does. */
  @Get()
  ready(): HealthAnswer {
    return answer(this.tramline.readiness());
  }

  /** Whether it works: 503 when only a restart helps. */
  @Get('live')
  live(): HealthAnswer {
    return answer(this.tramline.liveness());
  }
}

function answer(health: HealthAnswer): HealthAnswer {
  if (!health.up) throw new ServiceUnavailableException(health);
  return health;
}
