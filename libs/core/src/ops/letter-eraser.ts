import type { StoredRecord } from '../transport/records.js';
import { readLetter, type Letter } from '../failure/letter.js';
import { letterBounds } from './letter-reading.js';
import type { OpsPorts } from './ports.js';

export interface EraseOptions {
  /** Counts and changes nothing. */
  readonly dryRun?: boolean;
  /** Ends it before the next partition; run it again for the others. */
  readonly signal?: AbortSignal;
  /** Called after each step with the figures so far. */
  readonly onProgress?: (soFar: EraseResult) => void;
}

export interface EraseResult {
  /** Records of letters with the key that are gone: letters and their copies. */
  readonly erased: number;
  /** Records of other letters that were written anew behind them. */
  readonly kept: number;
  /** It was ended by its signal: some may be left. */
  readonly stopped: boolean;
}

const BATCH_RECORDS = 200;
const BATCH_BYTES = 512 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * Erases letters from a group's dead-letter topic for good. A log forgets from its beginning only. So for each partition that
 * has any: the other letters up to the last of them are appended again, in their order and with their times, and then everything
 * up to there is deleted. Ended in between, other letters lie there twice, which are copies of one letter; nothing is lost, and
 * running it again ends it.
 */
export class LetterEraser {
  constructor(
    private readonly ports: OpsPorts,
    private readonly group: string,
  ) {}

  async erase(
    isGoing: (letter: Letter) => boolean,
    { dryRun = false, signal, onProgress }: EraseOptions,
  ): Promise<EraseResult> {
    const { transport, naming } = this.ports;
    const topic = naming.dead(this.group);
    const result = { erased: 0, kept: 0, stopped: false };
    const goes = (record: StoredRecord) => isGoing(readLetter(record, this.group, naming));
    for (const { partition, earliest, end } of await letterBounds(this.ports, this.group)) {
      if (signal?.aborted) return { ...result, stopped: true };
      const last = await this.lastOf(topic, partition, earliest, end, goes);
      if (last === undefined) continue;
      const target = { topic, partition };
      for await (const batch of batches(this.records(topic, partition, earliest, last + 1))) {
        const kept = batch.filter((record) => !goes(record));
        const again = kept.map(({ key, value, headers, timestamp }) => ({ key, value, headers, timestamp }));
        if (!dryRun && again.length > 0) await transport.append(target, again, { timeoutMs: TIMEOUT_MS });
        result.erased += batch.length - kept.length;
        result.kept += kept.length;
        onProgress?.({ ...result });
      }
      if (!dryRun) await transport.topics.deleteBefore([{ ...target, offset: last + 1 }]);
    }
    return result;
  }

  private async lastOf(
    topic: string,
    partition: number,
    from: number,
    to: number,
    goes: (record: StoredRecord) => boolean,
  ): Promise<number | undefined> {
    let last: number | undefined;
    for await (const record of this.records(topic, partition, from, to)) {
      if (goes(record)) last = record.offset;
    }
    return last;
  }

  private async *records(topic: string, partition: number, from: number, to: number) {
    if (from >= to) return;
    for await (const batch of this.ports.transport.read({ topic, partition, from, to })) yield* batch;
  }
}

async function* batches(records: AsyncIterable<StoredRecord>): AsyncGenerator<StoredRecord[]> {
  let batch: StoredRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    const size = (record.value?.byteLength ?? 0) + (record.key?.byteLength ?? 0);
    if (batch.length === BATCH_RECORDS || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
