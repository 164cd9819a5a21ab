import { SeededRandom } from '@tramline/testing';

/** Choices that a seed makes. */
export class Dice {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.#random.next() * (most - least + 1));
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('There is nothing to pick from.');
    return from[Math.floor(this.#random.next() * from.length)] as T;
  }

  /** Picks by weight; a weight of 0 is never picked. */
  weighted<T>(from: readonly (readonly [T, number])[]): T {
    let left = this.#random.next() * from.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of from) {
      left -= weight;
      if (left < 0) return value;
    }
    return from[from.length - 1]![0];
  }
}

/** A number that depends on all that is given and on nothing else, to seed dice with. */
export function mix(...parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    for (const byte of Buffer.from(`${part};`)) hash = Math.imul(hash ^ byte, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
