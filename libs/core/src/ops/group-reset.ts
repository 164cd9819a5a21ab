import { ConfigurationError } from '../errors.js';
import type { OriginRange } from '../outbox/outbox-operator.js';
import { parseDuration, type Duration } from '../time/duration.js';
import type { TopicPartition } from '../transport/records.js';
import { TransportError } from '../transport/transport-error.js';
import type { GroupDetails } from './group-ops.js';
import type { GroupPosition } from './group-positions.js';
import type { OpsParts } from './ports.js';

/**
 * Where a group is to stand: at the first record there is, after the last, at the first one written at or after a time, or
 * so long ago, or at an offset (which needs one topic, and one partition unless the topic has only one).
 */
export type ResetTarget =
  'earliest' | 'latest' | { readonly time: Date } | { readonly ago: Duration } | { readonly offset: number };

export interface ResetOptions {
  /** Topics of events, without the namespace. Default: all that the group reads. */
  readonly topics?: readonly string[];
  /** Only these partitions. Default: all. */
  readonly partitions?: readonly number[];
  /** Says what would be done and changes nothing. */
  readonly dryRun?: boolean;
}

export interface ResetResult {
  /** Partitions that move; those that stand there already are left out. */
  readonly moves: readonly ResetMove[];
  /** Offsets that will be delivered again. */
  readonly repeated: number;
  /** Offsets that will never be delivered. */
  readonly skipped: number;
  /**
   * Effects of handlers with `once: true` on what is delivered again, which will not be repeated: replay with `again` repeats
   * them. Null without an outbox.
   */
  readonly known: number | null;
}

export interface ResetMove extends TopicPartition {
  readonly from: number | null;
  readonly to: number;
}

/** `ahead`: what will be delivered. @throws TransportError `TRAMLINE_GROUP_ACTIVE`, ConfigurationError */
export async function planReset(
  parts: OpsParts,
  { group, members, positions }: GroupDetails,
  target: ResetTarget,
  options: ResetOptions,
): Promise<ResetResult & { readonly ahead: readonly OriginRange[] }> {
  if (members > 0)
    throw new TransportError(
      'TRAMLINE_GROUP_ACTIVE',
      `Group '${group}' has ${members} member${members === 1 ? '' : 's'}. Stop its processes, then set its positions.`,
    );
  const chosen = choose(parts, group, positions, target, options);
  const moves: (ResetMove & { readonly stood: number; readonly end: number })[] = [];
  for (const topic of new Set(chosen.map((one) => one.topic))) {
    const here = chosen.filter((one) => one.topic === topic);
    const to = await targetOf(parts, topic, target);
    for (const position of here) {
      const offset = to(position);
      if (offset === position.committed) continue;
      const { partition, committed, earliest, end } = position;
      moves.push({ topic, partition, from: committed, to: offset, stood: committed ?? earliest, end });
    }
  }
  // Also what was done above the position comes again: the offset map goes with the old one.
  const ahead = moves.map(({ topic, partition, to, end }) => ({ topic, partition, from: to, to: end }));
  return {
    moves: moves.map(({ topic, partition, from, to }) => ({ topic, partition, from, to })),
    repeated: moves.reduce((sum, { to, stood }) => sum + Math.max(0, stood - to), 0),
    skipped: moves.reduce((sum, { to, stood }) => sum + Math.max(0, to - stood), 0),
    known: (await parts.outbox?.effects(group, ahead)) ?? null,
    ahead,
  };
}

function choose(
  { naming }: OpsParts,
  group: string,
  positions: readonly GroupPosition[],
  target: ResetTarget,
  { topics, partitions }: ResetOptions,
): GroupPosition[] {
  const events = positions.filter(({ kind }) => kind === 'events');
  const readable = [...new Set(events.map(({ topic }) => topic))];
  const names = topics?.map((name) => naming.topic(name)) ?? readable;
  const faults = names
    .filter((name) => !readable.includes(name))
    .map(
      (name) => `Group '${group}' does not read topic '${name}'. It reads: ${readable.join(', ') || 'none'}.`,
    );
  const chosen = events.filter(
    ({ topic, partition }) => names.includes(topic) && (partitions?.includes(partition) ?? true),
  );
  for (const partition of partitions ?? []) {
    if (!chosen.some((one) => one.partition === partition))
      faults.push(`There is no partition ${partition} in ${names.join(', ')}.`);
  }
  if (typeof target === 'object' && 'offset' in target && chosen.length > 1)
    faults.push('An offset is that of one partition: name one topic, and one partition of it.');
  if (faults.length > 0) throw new ConfigurationError(faults);
  return chosen;
}

/** @returns where each partition of the topic is to stand */
async function targetOf(
  { transport, clock }: OpsParts,
  topic: string,
  target: ResetTarget,
): Promise<(position: GroupPosition) => number> {
  if (target === 'earliest') return ({ earliest }) => earliest;
  if (target === 'latest') return ({ end }) => end;
  if ('offset' in target) {
    const { offset } = target;
    return ({ partition, earliest, end }) => {
      if (Number.isInteger(offset) && offset >= earliest && offset <= end) return offset;
      throw new ConfigurationError([
        `Offset ${offset} does not exist: ${topic}/${partition} holds ${earliest} to ${end}.`,
      ]);
    };
  }
  const found = await transport.topics.offsetsAt(topic, timeOf(target, clock.now()));
  return ({ partition, end }) => found.find((one) => one.partition === partition)?.offset ?? end;
}

function timeOf(target: { readonly time: Date } | { readonly ago: Duration }, now: number): number {
  if ('time' in target) {
    if (target.time instanceof Date && !Number.isNaN(target.time.getTime())) return target.time.getTime();
    throw new ConfigurationError([`reset: 'time' must be a valid Date.`]);
  }
  const ago = parseDuration(target.ago);
  if (ago !== undefined) return now - ago;
  throw new ConfigurationError([
    `reset: 'ago' is ${JSON.stringify(target.ago)}; write a duration such as '30m', '2h', '7d'.`,
  ]);
}
