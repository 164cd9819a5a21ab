import { Injectable, Logger } from '@nestjs/common';
import { EventContext, OnEvent, Outbox } from '@tramline/nest';
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
    private readonly outbox: Outbox,
  ) {}

  /** Entry, announcement and the memory that this was done are one transaction: all of it once, or not yet. */
  // #region award
  @OnEvent(UserRegistered, { id: 'points', once: true })
  async award({ userId, name, email }: UserRegistered, { tx }: EventContext): Promise<void> {
    await this.ledger.add(tx, userId, POINTS, REASON);
    await this.outbox.publish(tx, PointsAwarded, { userId, name, email, points: POINTS, reason: REASON });
    this.logger.log(`${POINTS} points for ${userId}: ${REASON}`);
  }
  // #endregion
}
