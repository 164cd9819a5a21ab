import type { Log } from '../log/log.js';
import { Observations } from '../observe/observations.js';
import { Ledger } from '../publish/ledger.js';
import { MicroBatcher } from '../publish/micro-batcher.js';
import type { PublisherSettings } from '../publish/publisher-options.js';
import { murmurPartitioner } from '../publish/partitioner.js';
import type { Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';
import { recordBytes } from '../transport/records.js';
import type { Transport } from '../transport/transport.js';
import type { AppendRecord } from './failure-writer.js';

/**
 * Appends records of tiers and dead letters through the publisher's batching, but with a buffer of its own: a publisher that
 * fills its buffer must not keep failures from being written. These records are not published events, so nobody observes them
 * as such.
 */
export function failureAppender(
  transport: Transport,
  settings: PublisherSettings,
  clock: Clock,
  random: Random,
  log: Log,
): { readonly append: AppendRecord; close(): Promise<void> } {
  const { bufferEvents, timeoutMs } = settings;
  const ledger = new Ledger({ bufferEvents, bufferBytes: Infinity }, new Observations(log), clock);
  const batcher = new MicroBatcher({
    transport,
    clock,
    random,
    ledger,
    timeoutMs,
    partitioner: murmurPartitioner,
    prepareTopic: async () => {},
  });
  return {
    append: (topic, record) =>
      batcher.send({
        id: '',
        type: '',
        key: null,
        topic,
        partition: undefined,
        record,
        bytes: recordBytes(record),
        startedAt: clock.monotonic(),
      }),
    // Whoever waits for a write is gone by now: consumers are stopped before this.
    close: () => batcher.close(0),
  };
}
