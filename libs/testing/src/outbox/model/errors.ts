import type { DatabaseErrorKind } from '@tramline/core/outbox';

/** What a driver would throw. `kind`: what `kindOf` says of it. */
export class ModelDatabaseError extends Error {
  constructor(
    readonly kind: DatabaseErrorKind,
    message: string,
  ) {
    super(message);
    this.name = 'ModelDatabaseError';
  }
}

export function away(what: string): ModelDatabaseError {
  return new ModelDatabaseError('away', `The model database is away, or its connection broke (${what}).`);
}
