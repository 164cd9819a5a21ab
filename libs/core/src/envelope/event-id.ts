import type { Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** The counter of RFC 9562, section 6.2, method 1: 12 bits, whose upper half is left free at the start of a millisecond. */
const COUNTER_LIMIT = 0x1000;
const COUNTER_START = 0x800;
const CHANCE_PER_ID = 8;
const IDS_PER_DRAW = 256;

/**
 * Makes UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, 12 of a counter, 62 of chance. Each id of one generator is
 * greater than the one before, also within a millisecond and when the clock jumps back.
 */
export class EventIds {
  private lastMs = 0;
  private counter = 0;
  private chance: Uint8Array = new Uint8Array(0);
  private used = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  next(): string {
    // One draw serves many ids: asking the operating system costs more than all the rest.
    if (this.used + CHANCE_PER_ID > this.chance.length) {
      this.chance = this.random.bytes(CHANCE_PER_ID * IDS_PER_DRAW);
      this.used = 0;
    }
    const at = this.used;
    this.used += CHANCE_PER_ID;
    this.advance();
    const { lastMs: ms, counter, chance } = this;
    const high = Math.floor(ms / 0x10000);
    return (
      HEX[(high >>> 24) & 0xff]! +
      HEX[(high >>> 16) & 0xff]! +
      HEX[(high >>> 8) & 0xff]! +
      HEX[high & 0xff]! +
      '-' +
      HEX[(ms >>> 8) & 0xff]! +
      HEX[ms & 0xff]! +
      '-' +
      HEX[0x70 | (counter >>> 8)]! +
      HEX[counter & 0xff]! +
      '-' +
      HEX[0x80 | (chance[at]! & 0x3f)]! +
      HEX[chance[at + 1]!]! +
      '-' +
      HEX[chance[at + 2]!]! +
      HEX[chance[at + 3]!]! +
      HEX[chance[at + 4]!]! +
      HEX[chance[at + 5]!]! +
      HEX[chance[at + 6]!]! +
      HEX[chance[at + 7]!]!
    );
  }

  private advance(): void {
    const now = Math.floor(this.clock.now());
    if (now > this.lastMs) {
      this.lastMs = now;
      this.counter = Math.floor(this.random.next() * COUNTER_START);
    } else if (++this.counter === COUNTER_LIMIT) {
      this.lastMs++;
      this.counter = 0;
    }
  }
}
