import { formatDuration, type ListedTopic } from '@tramline/core/ops';
import type { Column } from '../../output/table.js';
import type { Session } from '../../session.js';

export interface ListFlags {
  readonly all?: boolean;
  readonly prefix?: string;
}

export async function listTopics(session: Session, { all = false, prefix }: ListFlags): Promise<void> {
  const { topics } = await session.ops();
  const found = await topics.list({ all, ...(prefix !== undefined && { prefix }) });
  for (const topic of session.output.isJson ? found : []) await session.output.json(topic);
  await session.output.table(COLUMNS, found.map(rowOf), 'There are no topics.');
}

const right = (title: string) => ({ title, align: 'right' }) as const;

const COLUMNS: readonly Column[] = [
  'TOPIC',
  'KIND',
  right('PARTITIONS'),
  right('COPIES'),
  'CLEANUP',
  'KEEPS',
  right('MAX BYTES'),
];

function rowOf(topic: ListedTopic) {
  const { name, kind, partitions, replication, cleanup, maxRecordBytes } = topic;
  return [name, kind, partitions, replication, cleanup, keeps(topic), maxRecordBytes];
}

export function keeps({ retentionMs }: Pick<ListedTopic, 'retentionMs'>): string {
  return retentionMs === null ? 'for ever' : formatDuration(retentionMs);
}
