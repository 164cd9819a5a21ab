import type { NewTopic } from '@tramline/core/ops';
import { usageError } from '../../exit.js';
import { wholeNumber } from '../../options/parse.js';
import { duration } from '../../options/duration.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';

export interface CreateFlags {
  readonly partitions?: string;
  readonly replication?: string;
  readonly retention?: string;
  readonly maxRecordBytes?: string;
  readonly compact?: boolean;
  readonly dryRun?: boolean;
}

export async function createTopics(
  session: Session,
  names: readonly string[],
  flags: CreateFlags,
): Promise<void> {
  const { dryRun = false } = flags;
  const settings = settingsOf(flags);
  const { topics } = await session.ops({ mayCreate: !dryRun });
  const { created, existing } = await topics.create(
    names.map((name) => ({ name, ...settings })),
    { dryRun },
  );
  await session.output.json({ dryRun, created, existing });
  const done = dryRun ? 'would be made' : 'was made';
  for (const name of created) await session.output.line(`'${shown(name)}' ${done}.`);
  for (const name of existing)
    await session.output.line(`'${shown(name)}' exists already and stays as it is.`);
}

function settingsOf(flags: CreateFlags): Omit<NewTopic, 'name'> {
  const { partitions, replication, retention, maxRecordBytes, compact } = flags;
  if (compact && retention !== undefined) throw usageError('Give --compact or --retention, not both.');
  return {
    ...(partitions !== undefined && { partitions: wholeNumber('--partitions', partitions, 1) }),
    ...(replication !== undefined && { replication: wholeNumber('--replication', replication, 1) }),
    ...(retention !== undefined && {
      retentionMs: retention === 'forever' ? null : duration('--retention', retention),
    }),
    ...(maxRecordBytes !== undefined && {
      maxRecordBytes: wholeNumber('--max-record-bytes', maxRecordBytes, 1),
    }),
    ...(compact && { cleanup: 'compact' as const }),
  };
}
