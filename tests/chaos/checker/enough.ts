import type { Found, Violation } from './found.ts';

/** What was to be written while faults were injected, and for how long. */
export interface Expected {
  readonly seconds: number;
  readonly registrationsPerSecond: number;
  readonly stepsPerSecond: number;
}

/** While the database is away nobody can register; the rest of the time everybody can. */
const LEAST_REGISTERED = 0.75;
/** Witnesses that are killed, stopped or cut off write nothing, and a tenth is rolled back. */
const LEAST_STEPS = 0.4;

/** Who does nothing loses nothing: enough must have been written for the other checks to mean something. */
export function* enough(
  { registrations, committedSteps }: Pick<Found, 'committedSteps'> & { readonly registrations: number },
  { seconds, registrationsPerSecond, stepsPerSecond }: Expected,
): Generator<Violation> {
  const people = Math.round(seconds * registrationsPerSecond);
  if (registrations < people * LEAST_REGISTERED)
    yield { text: `only ${registrations} of about ${people} registrations were answered 201` };
  const steps = Math.round(seconds * stepsPerSecond);
  if (committedSteps.length < steps * LEAST_STEPS)
    yield { text: `only ${committedSteps.length} of about ${steps} steps were committed` };
}
