import type { Contract } from '../contract/contract.js';
import type { Naming } from '../naming.js';
import type { TopicSpec } from '../transport/admin.js';

const DAY_MS = 86_400_000;

/** Room for the headers that tiers and dead letters add. */
const HEADER_ROOM = 64 * 1024;

/** What decides how topics are made. */
export interface TopicSettings {
  /** Undefined: the transport's default. */
  readonly partitions: number | undefined;
  readonly replication: number | undefined;
  /** The largest event; for a group's own topics the largest that may come from elsewhere. */
  readonly maxEventBytes: number;
  /** Null: for ever. */
  readonly deadRetentionMs: number | null;
}

/** Topics that events are published to. How long they keep events is the transport's default or the operator's choice. */
export function eventTopics(
  contracts: readonly Contract[],
  naming: Naming,
  settings: TopicSettings,
): TopicSpec[] {
  const { partitions, replication, maxEventBytes } = settings;
  const names = new Set(contracts.map(({ topic }) => naming.topic(topic)));
  return [...names].map((name) => ({
    name,
    partitions,
    replication,
    cleanup: 'delete',
    maxRecordBytes: maxEventBytes,
  }));
}

/**
 * The topics that a group keeps for itself. Tiers keep records a week longer than the longest delay, so that a group that
 * was down for days finds what waited; dead letters stay until somebody decides.
 */
export function groupTopics(
  group: string,
  tiers: readonly number[],
  naming: Naming,
  settings: TopicSettings,
): TopicSpec[] {
  const { partitions, replication, deadRetentionMs } = settings;
  const maxRecordBytes = settings.maxEventBytes + HEADER_ROOM;
  const tier = {
    partitions,
    replication,
    cleanup: 'delete',
    retentionMs: Math.max(...tiers) + 7 * DAY_MS,
    maxRecordBytes,
  } as const;
  const state = { partitions: 1, replication, cleanup: 'compact', retentionMs: null } as const;
  return [
    ...tiers.map((delayMs) => ({ ...tier, name: naming.retryTier(group, delayMs) })),
    { ...tier, name: naming.retryNow(group) },
    { ...tier, name: naming.dead(group), retentionMs: deadRetentionMs },
    { ...state, name: naming.deadState(group) },
    { ...state, name: naming.state(group) },
  ];
}
