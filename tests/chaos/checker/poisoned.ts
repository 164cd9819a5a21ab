import type { Place } from './found.ts';

/** How the steps begin on which witnesses fail for ever. */
export const POISON = 'poison';

/** Nobody has a number like this: the gateway refuses it for good. */
export const REFUSED_NUMBER = '+99900000';

/** A record that some groups cannot handle, and must lay down. */
export interface Poisoned extends Place {
  /** Whose dead letters it must lie in. */
  readonly groups: readonly string[];
  /** What is wrong with it. */
  readonly what: string;
  /** Whom it announces, where everybody else serves it. */
  readonly userId?: string;
  readonly email?: string;
}
