import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Outbox } from '@tramline/nest';
import { UserRegistered } from '@tramline/sample-events';
import type { RegisterUser } from './register-user.js';
import type { User } from './user.js';
import { UsersStore } from './users.store.js';

/** Registers people, and tells the world. */
@Injectable()
export class Registrations {
  constructor(
    private readonly users: UsersStore,
    private readonly outbox: Outbox,
  ) {}

  /**
   * The row and the event are written in one transaction: the world hears of everybody who is registered, and of nobody who is
   * not, wherever this process dies.
   * @throws EmailTakenError
   */
  async register({ name, email, phone }: RegisterUser): Promise<string> {
    const userId = randomUUID();
    const user: User = { userId, name, email, phone, registeredAt: new Date().toISOString() };
    // #region register
    await this.outbox.transaction(async (tx) => {
      await this.users.add(tx, user);
      await this.outbox.publish(tx, UserRegistered, { userId, name, email, phone });
    });
    // #endregion
    return userId;
  }
}
