import { TramlineError } from '../errors.js';
import type { Log } from '../log/log.js';
import { formatDuration } from '../time/duration.js';
import type { TopicDescription, TopicSpec } from '../transport/admin.js';
import type { Transport } from '../transport/transport.js';

export type TopologyMode = 'create' | 'verify' | 'off';

/** With `topology: 'verify'`: topics are missing or not as they must be. */
export class TopologyError extends TramlineError {
  readonly code = 'TRAMLINE_TOPOLOGY';

  /** @param differences - one sentence for each */
  constructor(readonly differences: readonly string[]) {
    super(
      `Topics are not as they must be:\n${differences.map((text) => `  - ${text}`).join('\n')}\n` +
        `Make or alter them with the broker's tools, or start once with topics.topology: 'create', which makes missing ones.`,
    );
  }
}

/**
 * Makes topics (`create`) or checks them (`verify`). With `create` an existing topic that differs
 * is left as it is, and a warning says how it differs.
 * @throws TopologyError | TransportError
 */
export async function ensureTopics(
  specs: readonly TopicSpec[],
  mode: TopologyMode,
  transport: Transport,
  log: Log,
): Promise<void> {
  const creates = mode === 'create' || transport.capabilities.alwaysCreates;
  if (specs.length === 0) return;
  if (creates) await transport.topics.create(specs);
  const found = new Map(
    (await transport.topics.describe(specs.map(({ name }) => name))).map((topic) => [topic.name, topic]),
  );
  const differences = specs.flatMap((spec) => differencesOf(spec, found.get(spec.name), transport));
  if (differences.length === 0) return;
  if (!creates) throw new TopologyError(differences);
  for (const difference of differences) log.warn(difference);
}

/** How a topic differs from what it must be, a sentence each. */
export function differencesOf(
  spec: TopicSpec,
  found: TopicDescription | undefined,
  { capabilities }: Transport,
): string[] {
  if (!found) return [`'${spec.name}' does not exist.`];
  const differences: string[] = [];
  const say = (text: string) => differences.push(`'${spec.name}' ${text}`);
  if (found.cleanup !== spec.cleanup && (spec.cleanup === 'delete' || capabilities.compaction)) {
    say(`has cleanup '${found.cleanup}', needs '${spec.cleanup}'.`);
  }
  if (
    spec.retentionMs !== undefined &&
    found.retentionMs !== null &&
    (spec.retentionMs === null || found.retentionMs < spec.retentionMs)
  ) {
    say(
      `keeps records for ${formatDuration(found.retentionMs)}, needs ${spec.retentionMs === null ? 'for ever' : formatDuration(spec.retentionMs)}.`,
    );
  }
  if (spec.retentionMs !== undefined && typeof found.retentionBytes === 'number') {
    say(
      `drops records beyond ${found.retentionBytes} bytes, whatever their age; needs no such limit (retention.bytes=-1).`,
    );
  }
  if (found.replication >= 3 && found.minInSync !== undefined && found.minInSync < 2) {
    say(`acknowledges records that a single broker has; needs min.insync.replicas=2, or they die with it.`);
  }
  if (spec.maxRecordBytes !== undefined && found.maxRecordBytes < spec.maxRecordBytes) {
    say(`takes records of ${found.maxRecordBytes} bytes, needs ${spec.maxRecordBytes}.`);
  }
  if (spec.cleanup === 'compact' && found.partitions !== 1)
    say(`has ${found.partitions} partitions, needs 1.`);
  return differences;
}
