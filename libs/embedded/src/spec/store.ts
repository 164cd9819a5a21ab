import { onTestFinished } from 'vitest';
import type { NewTopic, Settings } from '../wire/messages.js';
import { packedBytes, packRecords } from '../wire/outgoing.js';
import { Appender } from '../worker/append.js';
import type { Machine } from '../worker/machine.js';
import { openStore, type Store } from '../worker/store.js';
import { createTopics } from '../worker/topics.js';
import { textRecord } from './environment.js';

export function settingsFor(directory: string): Settings {
  return { directory, allowNetworkFileSystem: false, busyTimeoutMs: 5_000 };
}

/** Opens the log in this thread; closed when the test ends. */
export async function testStore(directory: string, machine?: Machine): Promise<Store> {
  const store = await openStore(settingsFor(directory), machine);
  onTestFinished(() => store.close());
  return store;
}

export function testTopic(store: Store, topic: Partial<NewTopic> & { readonly name: string }): void {
  const defaults = {
    partitions: 1,
    cleanup: 'delete',
    retentionMs: null,
    maxRecordBytes: 1_000_000,
  } as const;
  store.write.transaction(() => createTopics(store.write, [{ ...defaults, ...topic }]));
}

/** Appends records to partition 0, each `[timestamp, key, value]`. */
export function appendTo(
  store: Store,
  topic: string,
  records: readonly (readonly [number, string | null, string | null])[],
): void {
  const outgoing = records.map(([timestamp, key, value]) => ({
    ...textRecord(''),
    timestamp,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  }));
  const bytes = packedBytes(outgoing);
  const appender = new Appender(store.write);
  store.write.transaction(() => {
    appender.begin();
    const request = {
      id: 1,
      target: { topic, partition: 0 },
      count: outgoing.length,
      bytes,
      largest: 1,
      timeoutMs: 1_000,
    };
    appender.append(request, Buffer.from(packRecords([outgoing], bytes)), 0);
    appender.finish();
  });
}

/** What is left of partition 0: offset and value. */
export function contentsOf(store: Store, partitionId = 1): (readonly [number, string | null])[] {
  return store.read
    .all<{ offset: number; value: Uint8Array | null }>(
      `SELECT "offset", value FROM records_${partitionId} ORDER BY "offset"`,
    )
    .map(({ offset, value }) => [offset, value && Buffer.from(value).toString()] as const);
}
