import type { Random } from '@tramline/core';
import type { Violation } from '../checker/found.ts';
import type { Poisoned } from '../checker/poisoned.ts';
import type { ChaosWorld } from '../world/chaos-world.ts';

/** A stretch of time, milliseconds since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a fault works on, and where it writes down what the checker has to know. */
export interface Scene {
  readonly world: ChaosWorld;
  /** Its own: other faults draw nothing from it. */
  readonly random: Random;
  readonly poisoned: Poisoned[];
  readonly deployments: Stretch[];
  readonly violations: Violation[];
}

/** One way to make trouble. */
export interface Fault {
  readonly name: string;
  /** Resolves when the trouble itself is over, and recovery begins. @returns whom it met, where that was drawn */
  inject(scene: Scene): Promise<string | void>;
}

/** Faults of one kind: each round of a plan has one of them. */
export type Family = readonly Fault[];

/** A time from `least` up to `most`, in milliseconds. */
export function between({ random }: Pick<Scene, 'random'>, least: number, most: number): number {
  return Math.round(least + random.next() * (most - least));
}

export function oneOf<T>({ random }: Pick<Scene, 'random'>, all: readonly T[]): T {
  return all[Math.floor(random.next() * all.length)]!;
}
