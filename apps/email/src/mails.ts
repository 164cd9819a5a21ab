import { Injectable, Logger } from '@nestjs/common';
import { EventContext, OnEvent } from '@tramline/nest';
import { PointsAwarded, UserRegistered } from '@tramline/sample-events';
import { MailRefusedError, Mailer } from './mailer.js';

/** The mails we send. The id of each is made of the handler and the event, so a repeat is the same mail. */
@Injectable()
export class Mails {
  private readonly logger = new Logger(Mails.name);

  constructor(private readonly mailer: Mailer) {}

  @OnEvent(UserRegistered, { id: 'welcome-email', retry: { on: [[MailRefusedError, 'dead']] } })
  async welcome({ name, email }: UserRegistered, { eventId }: EventContext): Promise<void> {
    await this.mailer.send({
      id: `welcome-email.${eventId}`,
      to: { name, address: email },
      subject: 'Welcome!',
      text: `Hello ${name},\n\nit is good to have you with us.`,
    });
    this.logger.log(`E-mail to ${email}: welcome`);
  }

  @OnEvent(PointsAwarded, { id: 'points-email', retry: { on: [[MailRefusedError, 'dead']] } })
  async points({ name, email, points, reason }: PointsAwarded, { eventId }: EventContext): Promise<void> {
    await this.mailer.send({
      id: `points-email.${eventId}`,
      to: { name, address: email },
      subject: `You have earned ${points} points`,
      text: `Hello ${name},\n\n${points} points are yours, for: ${reason}.`,
    });
    this.logger.log(`E-mail to ${email}: ${points} points`);
  }
}
