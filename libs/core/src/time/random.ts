import { getRandomValues } from 'node:crypto';

/** All chance that core sees, so that a simulation can replay it. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `length` random bytes. */
  bytes(length: number): Uint8Array;
}

/** The operating system's source of chance. */
export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (length) => getRandomValues(new Uint8Array(length)),
};
