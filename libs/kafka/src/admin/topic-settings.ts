import type { TopicChange, TopicDescription, TopicSpec } from '@tramline/core';
import type { NewTopic } from '../protocol/api/topics.js';

/**
 * Kafka limits batches, the port records: what a batch of one record takes besides key, value and headers. Each header
 * frames itself with some bytes more, so there is room for a thousand of them.
 */
const FRAME_BYTES = 4 * 1024;

/** The settings that a description needs. */
export const DESCRIBED = [
  'cleanup.policy',
  'retention.ms',
  'retention.bytes',
  'max.message.bytes',
  'min.insync.replicas',
];

export function newTopic(spec: TopicSpec, partitions: number, replication: number): NewTopic {
  const { name, cleanup, retentionMs, maxRecordBytes } = spec;
  const configs: Record<string, string> = { 'cleanup.policy': cleanup };
  if (retentionMs !== undefined) {
    configs['retention.ms'] = String(retentionMs ?? -1);
    // Who says how long records must stay does not want them gone because there are many.
    configs['retention.bytes'] = '-1';
  }
  if (maxRecordBytes !== undefined) configs['max.message.bytes'] = String(maxRecordBytes + FRAME_BYTES);
  // Acknowledged by one replica only, a record dies with its broker.
  if (replication >= 3) configs['min.insync.replicas'] = '2';
  return { name, partitions, replication, configs };
}

/** The settings that a change names, as Kafka calls them. */
export function changedConfigs(change: TopicChange): Record<string, string> {
  const { retentionMs, retentionBytes, maxRecordBytes, minInSync } = change;
  return {
    ...(retentionMs !== undefined && { 'retention.ms': String(retentionMs ?? -1) }),
    ...(retentionBytes !== undefined && { 'retention.bytes': String(retentionBytes ?? -1) }),
    ...(maxRecordBytes !== undefined && { 'max.message.bytes': String(maxRecordBytes + FRAME_BYTES) }),
    ...(minInSync !== undefined && { 'min.insync.replicas': String(minInSync) }),
  };
}

export function description(
  name: string,
  partitions: number,
  replication: number,
  configs: ReadonlyMap<string, string>,
): TopicDescription {
  const limit = (key: string): number | null => {
    const value = Number(configs.get(key) ?? -1);
    return value < 0 ? null : value;
  };
  return {
    name,
    partitions,
    replication,
    cleanup: configs.get('cleanup.policy')?.includes('compact') ? 'compact' : 'delete',
    retentionMs: limit('retention.ms'),
    maxRecordBytes: Math.max(0, Number(configs.get('max.message.bytes') ?? 0) - FRAME_BYTES),
    minInSync: Number(configs.get('min.insync.replicas') ?? 1),
    retentionBytes: limit('retention.bytes'),
  };
}
