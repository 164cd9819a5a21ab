import type { ReplayPosition } from '@tramline/core/ops';
import { usageError } from '../../exit.js';

/** Positions as they are copied from one command line to the next: `topic/0@12,topic/1@40`. */
export function positionsText(positions: readonly ReplayPosition[]): string {
  return positions.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`).join(',');
}

/** @throws CliError */
export function positionsOf(text: string): ReplayPosition[] {
  return text.split(',').map((part) => {
    const match = /^(.+)\/(\d+)@(\d+)$/.exec(part.trim());
    if (!match)
      throw usageError(
        `--position is "${text}": give what the interrupted replay said, topic/0@12,topic/1@40.`,
      );
    return { topic: match[1]!, partition: Number(match[2]), offset: Number(match[3]) };
  });
}
