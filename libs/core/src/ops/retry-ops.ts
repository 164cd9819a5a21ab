import { decodeOffsetMap } from '../consume/offset-map.js';
import { headerText } from '../envelope/origin.js';
import * as names from '../envelope/headers.js';
import type { Envelope } from '../envelope/envelope.js';
import { toEnvelope } from '../envelope/to-envelope.js';
import { readWaiting, type History } from '../failure/failed-event.js';
import { mergedRecords } from '../read/merged-records.js';
import type { Stretch } from '../read/partition-cursor.js';
import { formatDuration } from '../time/duration.js';
import { partitionName, type StoredRecord } from '../transport/records.js';
import { OpsRefusedError } from './errors.js';
import type { OpsPorts } from './ports.js';
import { readDue } from './read-due.js';
import { unknownGroup } from './unknown-group.js';

/** A retry tier of a group and what waits in it. */
export interface RetryTier {
  readonly group: string;
  /** As the broker knows it. */
  readonly topic: string;
  /** Its wait; null for `<group>.retry.now`, where redriven and replayed events pass. */
  readonly delayMs: number | null;
  /** Events in it that are not done. */
  readonly waiting: number;
  /** When the first of them is due, milliseconds since 1970; null when none waits. */
  readonly nextDue: number | null;
}

/** An event that waits in a tier. Times are milliseconds since 1970. */
export interface WaitingEvent {
  readonly tier: RetryTier['topic'];
  /** Null when a foreign client wrote the record. */
  readonly handlerId: string | null;
  /** When its tier lets it go. */
  readonly due: number;
  /** When its handler is next tried: after the tiers that its delay still passes through. At the earliest. */
  readonly nextAttempt: number;
  readonly history: History;
  readonly errorClass: string;
  readonly errorMessage: string;
  readonly envelope: Envelope;
  /** The record in the tier, with the event's own bytes. */
  readonly record: StoredRecord;
}

/** Which waiting events. Every condition given must hold. */
export interface WaitingFilter {
  readonly handlerId?: string;
  readonly type?: string;
  readonly key?: string;
}

/** Retry tiers as an operator sees them. */
export class RetryOps {
  constructor(private readonly ports: OpsPorts) {}

  /** The tiers of one group, or of all, shortest wait first. @throws UnknownGroupError | TransportError */
  async list(group?: string): Promise<RetryTier[]> {
    const { transport, naming } = this.ports;
    const prefix = group === undefined ? naming.topic('') : `${naming.group(group)}.retry.`;
    const own = (await transport.topics.list(prefix)).flatMap((topic) => {
      const found = naming.groupTopic(topic);
      const isTier = found?.kind === 'tier' || found?.kind === 'now';
      if (!isTier || (group !== undefined && found.group !== group)) return [];
      return [{ topic, group: found.group, delayMs: found.kind === 'tier' ? found.delayMs : null }];
    });
    if (group !== undefined && own.length === 0)
      throw await unknownGroup(this.ports, group, 'with retry tiers');
    own.sort((a, b) =>
      a.group < b.group ? -1 : a.group > b.group ? 1 : (a.delayMs ?? 0) - (b.delayMs ?? 0),
    );
    return Promise.all(
      own.map(async (tier) => {
        const open = await this.open(tier.group, [tier.topic]);
        return { ...tier, waiting: open.waiting, nextDue: await this.nextDue(open) };
      }),
    );
  }

  /** What waits in the tiers of a group, what was put aside first coming first. @throws UnknownGroupError | TransportError */
  async *waiting(
    group: string,
    filter: WaitingFilter = {},
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<WaitingEvent, void, undefined> {
    const { transport, naming } = this.ports;
    const tiers = await this.list(group);
    const { stretches, isOpen } = await this.open(
      group,
      tiers.map(({ topic }) => topic),
    );
    for await (const record of mergedRecords(transport, stretches, isOpen, signal)) {
      const { handlerId, due: _due, remainingMs, unknownSince: _, ...history } = readWaiting(record);
      const due = readDue(record);
      const envelope = toEnvelope(record, naming);
      if (filter.handlerId !== undefined && filter.handlerId !== handlerId) continue;
      if (filter.type !== undefined && filter.type !== envelope.type) continue;
      if (filter.key !== undefined && filter.key !== envelope.key) continue;
      yield {
        tier: record.topic,
        handlerId,
        due,
        nextAttempt: due + remainingMs,
        history,
        errorClass: headerText(record, names.ERROR_CLASS) ?? '',
        errorMessage: headerText(record, names.ERROR_MESSAGE) ?? '',
        envelope,
        record,
      };
    }
  }

  /**
   * Deletes a tier that the group's configuration no longer names. Refused while something waits in it, or the group has
   * members: one that still names it would write into nothing. @throws OpsRefusedError | UnknownGroupError | TransportError
   */
  async retire(
    group: string,
    delayMs: number,
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<RetryTier> {
    const { transport, naming } = this.ports;
    const tiers = await this.list(group);
    const tier = tiers.find((one) => one.delayMs === delayMs);
    const known = tiers.flatMap((one) => (one.delayMs === null ? [] : formatDuration(one.delayMs)));
    if (!tier)
      throw new OpsRefusedError(
        `Group '${group}' has no tier of ${formatDuration(delayMs)}. It has ${known.join(', ') || 'none'}.`,
      );
    if (tier.waiting > 0)
      throw new OpsRefusedError(
        `${tier.waiting === 1 ? '1 event waits' : `${tier.waiting} events wait`} in '${tier.topic}'. They leave it when they are due, as long as the group runs; retire it then.`,
      );
    const { members } = await transport.groups.describe(naming.group(group));
    if (members.length > 0)
      throw new OpsRefusedError(
        `Group '${group}' has members, and one that names the tier would write into nothing. Stop its processes, retire the tier, start them again.`,
      );
    if (!dryRun) await transport.topics.delete([tier.topic]);
    return tier;
  }

  /** The part of tiers that the group has not done. */
  private async open(group: string, topics: readonly string[]): Promise<Open> {
    const { transport, naming } = this.ports;
    const committed = await transport.groups.committed(naming.group(group), topics);
    const bounds = await Promise.all(topics.map((topic) => transport.topics.offsets(topic)));
    const done = new Map<string, readonly { readonly from: number; readonly to: number }[]>();
    let waiting = 0;
    const stretches = topics.flatMap((topic, index) =>
      bounds[index]!.map(({ partition, earliest, end }) => {
        const entry = committed.find((one) => one.topic === topic && one.partition === partition);
        const ranges = entry ? decodeOffsetMap(entry.offset, entry.metadata, end) : [];
        const from = Math.max(earliest, entry?.offset ?? earliest);
        done.set(partitionName({ topic, partition }), ranges);
        waiting += Math.max(0, end - from) - ranges.reduce((sum, range) => sum + range.to - range.from, 0);
        return { topic, partition, from, to: end };
      }).filter(({ from, to }) => from < to),
    );
    const isOpen = (record: StoredRecord) =>
      !done.get(partitionName(record))!.some(({ from, to }) => record.offset >= from && record.offset < to);
    return { stretches, isOpen, waiting };
  }

  /** A tier is a first-in-first-out: its next is the first of one of its partitions. */
  private async nextDue({ stretches, isOpen }: Open): Promise<number | null> {
    const heads = await Promise.all(
      stretches.map(async (stretch) => {
        for await (const record of mergedRecords(this.ports.transport, [stretch], isOpen))
          return readDue(record);
        return null;
      }),
    );
    const due = heads.filter((one) => one !== null);
    return due.length === 0 ? null : Math.min(...due);
  }
}

interface Open {
  readonly stretches: readonly Stretch[];
  readonly isOpen: (record: StoredRecord) => boolean;
  readonly waiting: number;
}
