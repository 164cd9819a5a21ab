import type { User } from './user.js';

/** The users. `Tx` is a transaction of the database that they lie in. */
export abstract class UsersStore<Tx = unknown> {
  /** @throws EmailTakenError when the address is known, in whatever case it is written */
  abstract add(tx: Tx, user: User): Promise<void>;
  abstract find(userId: string): Promise<User | undefined>;
}
