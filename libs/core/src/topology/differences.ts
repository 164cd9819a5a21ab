import { formatDuration } from '../time/duration.js';
import type { TopicChange, TopicDescription, TopicSpec } from '../transport/admin.js';
import type { Transport } from '../transport/transport.js';

/** One way in which a topic differs from what it must be. */
export interface TopicDifference {
  /** A sentence. */
  readonly text: string;
  /**
   * What mends it. Only where records can neither go by it nor change their order: they stay longer, larger ones are taken,
   * more copies acknowledge. Absent: somebody has to decide.
   */
  readonly mend?: TopicChange;
}

/** How a topic differs from what it must be. */
export function differencesOf(
  spec: TopicSpec,
  found: TopicDescription,
  { capabilities }: Transport,
): TopicDifference[] {
  const differences: TopicDifference[] = [];
  const say = (text: string, mend?: TopicChange) =>
    differences.push({ text: `'${spec.name}' ${text}`, ...(mend && { mend }) });
  const { retentionMs, maxRecordBytes, cleanup } = spec;
  if (found.cleanup !== cleanup && (cleanup === 'delete' || capabilities.compaction)) {
    say(`has cleanup '${found.cleanup}', needs '${cleanup}'.`);
  }
  if (
    retentionMs !== undefined &&
    found.retentionMs !== null &&
    (retentionMs === null || found.retentionMs < retentionMs)
  ) {
    const needed = retentionMs === null ? 'for ever' : formatDuration(retentionMs);
    say(`keeps records for ${formatDuration(found.retentionMs)}, needs ${needed}.`, { retentionMs });
  }
  if (retentionMs !== undefined && typeof found.retentionBytes === 'number') {
    say(
      `drops records beyond ${found.retentionBytes} bytes, whatever their age; needs no such limit (retention.bytes=-1).`,
      { retentionBytes: null },
    );
  }
  if (found.replication >= 3 && found.minInSync !== undefined && found.minInSync < 2) {
    say(`acknowledges records that a single broker has; needs min.insync.replicas=2, or they die with it.`, {
      minInSync: 2,
    });
  }
  if (maxRecordBytes !== undefined && found.maxRecordBytes < maxRecordBytes) {
    say(`takes records of ${found.maxRecordBytes} bytes, needs ${maxRecordBytes}.`, { maxRecordBytes });
  }
  if (cleanup === 'compact' && found.partitions !== 1) say(`has ${found.partitions} partitions, needs 1.`);
  return differences;
}
