import { Injectable, Logger } from '@nestjs/common';
import { EventContext, OnEvent } from '@tramline/nest';
import { UserRegistered } from '@tramline/sample-events';
import { settings } from './settings.js';
import { MessageRefusedError, SmsGateway } from './sms-gateway.js';

/** Welcomes everybody who registers with a text message. */
@Injectable()
export class WelcomeSms {
  private readonly logger = new Logger(WelcomeSms.name);

  constructor(private readonly gateway: SmsGateway) {}

  @OnEvent(UserRegistered, {
    id: 'welcome-sms',
    retry: { delays: settings.retryDelays, on: [[MessageRefusedError, 'dead']] },
  })
  async welcome(event: UserRegistered, { eventId, signal }: EventContext): Promise<void> {
    await this.gateway.send(event.phone, `Welcome, ${event.name}!`, { idempotencyKey: eventId, signal });
    this.logger.log(`SMS to ${event.phone}: welcome`);
  }
}
