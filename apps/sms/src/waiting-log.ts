import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Tramline } from '@tramline/nest';

/** Says which messages have to wait for the gateway. The bus stays quiet about that: in itself it is no fault. */
@Injectable()
export class WaitingLog implements OnModuleInit {
  private readonly logger = new Logger(WaitingLog.name);

  constructor(private readonly tramline: Tramline) {}

  onModuleInit(): void {
    this.tramline.observations.observe((observation) => {
      if (observation.kind !== 'waiting') return;
      const { handlerId, eventId, delayMs, error } = observation;
      this.logger.warn(`${handlerId} tries ${eventId} again in ${delayMs / 1_000} s: ${error.message}`);
    });
  }
}
