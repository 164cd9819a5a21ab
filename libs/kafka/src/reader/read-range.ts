import { partitionName, type ReadRange, type StoredRecord } from '@tramline/core';
import { bounds } from '../admin/offsets.js';
import { patiently } from '../admin/patience.js';
import { check } from '../cluster/broker-errors.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Lane } from '../cluster/lane.js';
import { fetch } from '../protocol/api/records.js';
import { errorName } from '../protocol/error-codes.js';
import { Unpacking } from './unpack.js';

const FETCH_BYTES = 1024 * 1024;
/** There is always something to read before the end, so that this is hardly ever waited. */
const MAX_WAIT_MS = 500;

/** Reads without a group, on connections that all readers share. */
export async function* readRange(
  cluster: Cluster,
  lane: Lane,
  { topic, partition, from, to, signal }: ReadRange,
): AsyncGenerator<readonly StoredRecord[]> {
  const target = { topic, partition };
  const first = await patiently(cluster, () => bounds(cluster, [target]));
  const end = Math.min(to, first.get(partitionName(target))!.end);
  let position = Math.max(from, first.get(partitionName(target))!.earliest);
  while (position < end) {
    signal?.throwIfAborted();
    const fetched = await patiently(cluster, async () => {
      const connection = lane.connection(await cluster.leader(target));
      const asked = { ...target, offset: position, maxBytes: FETCH_BYTES };
      const answer = await connection.send(fetch, {
        maxWaitMs: MAX_WAIT_MS,
        maxBytes: FETCH_BYTES,
        partitions: [asked],
      });
      const [found] = answer.partitions;
      const code = answer.errorCode || (found?.errorCode ?? 0);
      if (code !== 0) cluster.forget(topic);
      if (errorName(code) === 'OFFSET_OUT_OF_RANGE') return undefined;
      check(code, `Reading ${partitionName(target)}`);
      return found;
    });
    if (!fetched) {
      // Retention went past us while we read.
      const now = await patiently(cluster, () => bounds(cluster, [target]));
      position = Math.max(position, now.get(partitionName(target))!.earliest);
      if (position >= now.get(partitionName(target))!.end) return;
      continue;
    }
    const unpacking = new Unpacking(target, fetched.data, fetched.aborted, position);
    for (let next = await unpacking.next(); next && position < end; next = await unpacking.next()) {
      position = next.nextOffset;
      const records = next.records.filter(({ offset }) => offset < end);
      signal?.throwIfAborted();
      if (records.length > 0) yield records;
    }
  }
}
