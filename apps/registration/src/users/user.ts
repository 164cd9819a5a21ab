/** A registered person, as this service keeps and shows them. */
export interface User {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  /** International form, digits only after the plus: `+447700900123`. */
  readonly phone: string;
  readonly registeredAt: string;
}

/** What two spellings of one address have in common. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

/** Somebody has registered with this e-mail address before. */
export class EmailTakenError extends Error {
  override readonly name = 'EmailTakenError';

  constructor(readonly email: string) {
    super(`${email} is registered already: register with another e-mail address`);
  }
}
