import type { PublisherOptions } from '../options.js';
import { parseDuration } from '../time/duration.js';
import { murmurPartitioner, type Partitioner } from './partitioner.js';

/** {@link PublisherOptions} with every default in place. */
export interface PublisherSettings {
  readonly timeoutMs: number;
  readonly maxEventBytes: number;
  readonly bufferEvents: number;
  readonly bufferBytes: number;
  readonly partitioner: Partitioner;
}

/** Puts the defaults in place; what is wrong is added to `faults`, one sentence each. */
export function publisherSettings(options: PublisherOptions = {}, faults: string[]): PublisherSettings {
  const {
    timeout = '30s',
    maxEventBytes = 1_000_000,
    bufferEvents = 100_000,
    bufferBytes = 64 * 1024 * 1024,
  } = options;
  const { partitioner = murmurPartitioner } = options;
  const timeoutMs = parseDuration(timeout);
  if (!timeoutMs)
    faults.push(`publisher.timeout is ${JSON.stringify(timeout)}. Give a duration above 0, such as '30s'.`);
  for (const [name, value] of Object.entries({ maxEventBytes, bufferEvents, bufferBytes })) {
    if (!Number.isInteger(value) || value < 1)
      faults.push(`publisher.${name} is ${String(value)}. Give a whole number of at least 1.`);
  }
  if (maxEventBytes > bufferBytes) {
    faults.push(
      `publisher.bufferBytes (${bufferBytes}) holds no event of publisher.maxEventBytes (${maxEventBytes}). Raise it.`,
    );
  }
  if (typeof partitioner !== 'function') {
    faults.push(
      'publisher.partitioner is not a function. Give (key, partitions, topic) => partition, or leave it out.',
    );
  }
  return { timeoutMs: timeoutMs ?? 0, maxEventBytes, bufferEvents, bufferBytes, partitioner };
}
