import { Injectable, Logger } from '@nestjs/common';
import { EventBus, OnEvent } from '@tramline/nest';
import { PointsAwarded, UserRegistered } from '@tramline/sample-events';
import { Ledger } from './ledger/ledger.js';

const POINTS = 100;
const REASON = 'registration';

/** Gives points for registering: once per user, however often the event comes. */
@Injectable()
export class RegistrationPoints {
  private readonly logger = new Logger(RegistrationPoints.name);

  constructor(
    private readonly ledger: Ledger,
    private readonly bus: EventBus,
  ) {}

  /**
   * The ledger's unique entry makes a repeat harmless. A process that dies between the entry and the announcement gets
   * the event again, finds the entry, and announces it under the id that lies in it: no award stays untold, and one
   * that is told twice is recognised by its id.
   */
  @OnEvent(UserRegistered, { id: 'points' })
  async award({ userId, name, email }: UserRegistered): Promise<void> {
    const { eventId, announced } = this.ledger.award(userId, REASON, POINTS);
    if (announced) return;
    await this.bus.publish(
      PointsAwarded,
      { userId, name, email, points: POINTS, reason: REASON },
      { id: eventId },
    );
    this.ledger.announced(eventId);
    this.logger.log(`${POINTS} points for ${userId}: ${REASON}`);
  }
}
