import { Injectable, Module } from '@nestjs/common';
import { embedded } from '@tramline/embedded';
import {
  EventBus,
  EventContext,
  EventContract,
  NonRetryableError,
  OnEvent,
  TramlineModule,
} from '@tramline/nest';
import { IsEmail, IsString } from 'class-validator';

// #region contract
@EventContract('user.registered', { key: 'userId' })
export class UserRegistered {
  @IsString() userId!: string;
  @IsEmail() email!: string;
}
// #endregion

export abstract class Mailer {
  abstract send(
    to: string,
    text: string,
    options: { idempotencyKey: string; signal: AbortSignal },
  ): Promise<void>;
}

export class UnknownAddressError extends Error {}

// #region handler
@Injectable()
export class Greeter {
  constructor(private readonly mailer: Mailer) {}

  @OnEvent(UserRegistered, {
    id: 'welcome',
    retry: { delays: ['10s', '1m', '10m'], on: [[UnknownAddressError, 'dead']] },
  })
  async greet(event: UserRegistered, { eventId, signal }: EventContext): Promise<void> {
    await this.mailer.send(event.email, 'Welcome!', { idempotencyKey: eventId, signal });
  }
}
// #endregion

// #region publisher
@Injectable()
export class Registration {
  constructor(private readonly bus: EventBus) {}

  async register(userId: string, email: string): Promise<void> {
    await this.bus.publish(UserRegistered, { userId, email }); // durable when it resolves
  }
}
// #endregion

/** The mailer of the example remembers what it sent. */
@Injectable()
export class RecordingMailer extends Mailer {
  readonly sent: { readonly to: string; readonly idempotencyKey: string }[] = [];

  async send(to: string, _text: string, { idempotencyKey }: { idempotencyKey: string }): Promise<void> {
    if (to.endsWith('.invalid')) throw new NonRetryableError(`nobody lives at ${to}`);
    this.sent.push({ to, idempotencyKey });
  }
}

const directory = process.env['GREETER_DATA'] ?? '.tramline';

// #region module
@Module({
  imports: [TramlineModule.forRoot({ service: 'greeter', transport: embedded({ directory }) })],
  providers: [Greeter, Registration, { provide: Mailer, useClass: RecordingMailer }],
})
export class AppModule {}
// #endregion
