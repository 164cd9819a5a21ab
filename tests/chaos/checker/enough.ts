import type { Violation } from './found.ts';

/** What was written while faults were injected. */
export interface Written {
  /** Answered 201. */
  readonly registrations: number;
  /** Committed by witnesses. */
  readonly steps: number;
}

/** What was to be written, and for how long. */
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
  { registrations, steps }: Written,
  { seconds, registrationsPerSecond, stepsPerSecond }: Expected,
): Generator<Violation> {
  const people = Math.round(seconds * registrationsPerSecond);
  if (registrations < people * LEAST_REGISTERED)
    yield { text: `only ${registrations} of about ${people} registrations were answered 201` };
  const due = Math.round(seconds * stepsPerSecond);
  if (steps < due * LEAST_STEPS) yield { text: `only ${steps} of about ${due} steps were committed` };
}
