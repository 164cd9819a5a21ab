import { partitionName, type StoredRecord, type TopicPartition } from '@tramline/core';
import type { HandlerSpec } from '../scenario/scenario.ts';
import { CONTRACTS } from '../scenario/scenario.ts';
import type { Holding, Member, Rec } from './model.ts';
import { toRec } from './to-rec.ts';
import type { Trace } from './trace.ts';

/** Offsets that a group committed as done: all `below`, and these above. Only grows. */
export interface Claims {
  below: number;
  readonly above: Set<number>;
}

/** Everything that was ever stored, and who holds what. The rules read it. */
export class Journal {
  readonly records = new Map<string, Rec>();
  readonly byTopic = new Map<string, Rec[]>();
  readonly holdings = new Map<number, Holding>();
  readonly trace: Trace;
  /** Runs by base and origin. */
  readonly runs = new Map<string, number>();
  /** Topics on which the broker itself stored a record twice. */
  readonly doubled = new Set<string>();
  /** Topics on which an append of some process may have landed twice. */
  readonly doubted = new Set<string>();
  /** Where groups started on topics, by group and topic: for each partition the latest that was ever written down. */
  readonly starts = new Map<string, number[]>();
  /** How often the wall clock was set. */
  jumps = 0;
  /** Grows with everything that happens: which came first. */
  sequence = 0;
  /** Who was assigned a partition last, by group and partition. */
  readonly owners = new Map<string, Member>();
  readonly monotonic: () => number;
  readonly #bases = new Map<string, string>();
  readonly #claims = new Map<string, Claims>();

  constructor(trace: Trace, monotonic: () => number) {
    this.trace = trace;
    this.monotonic = monotonic;
  }

  knows({ id, aliases, base }: HandlerSpec): void {
    for (const name of [id, ...aliases]) this.#bases.set(name, base);
  }

  baseOf(handlerId: string): string {
    return this.#bases.get(handlerId) ?? handlerId;
  }

  appended(record: StoredRecord): Rec {
    const rec = toRec(record, this.monotonic(), this.jumps);
    this.sequence++;
    this.records.set(rec.name, rec);
    if (rec.kind === 'state') this.#startedAt(rec.group, record);
    let ofTopic = this.byTopic.get(rec.topic);
    if (!ofTopic) this.byTopic.set(rec.topic, (ofTopic = []));
    ofTopic.push(rec);
    const from =
      rec.cause === undefined
        ? ''
        : ` of ${rec.cause}#${rec.causeHolding ?? '-'} for ${rec.handlerId ?? '?'}`;
    this.trace.add(`stored ${rec.name} ${rec.key ?? ''}${from}`);
    return rec;
  }

  /** The handlers, by base, that a process has for a record: what must end before its offset may be committed. */
  neededBy(member: Member, group: string, rec: Rec): readonly string[] {
    if (rec.kind !== 'event' && rec.handlerId === undefined) return [everyone(group)];
    if (rec.kind !== 'event' && rec.handlerId !== '*') return [this.baseOf(rec.handlerId!)];
    const topic = rec.kind === 'event' ? rec.topic : rec.origin.split('/')[0]!;
    const needed = member.version.handlers
      .filter((spec) => isFor(spec, group, topic, rec.type))
      .map(({ base }) => base);
    return needed.length === 0 && rec.kind !== 'event' ? [everyone(group)] : needed;
  }

  /** What a group ever committed as done on a partition. */
  claimsOf(group: string, partition: TopicPartition): Claims {
    const place = `${group} ${partitionName(partition)}`;
    let claims = this.#claims.get(place);
    if (!claims) this.#claims.set(place, (claims = { below: 0, above: new Set() }));
    return claims;
  }

  wasClaimed(group: string, rec: Rec): boolean {
    const { below, above } = this.claimsOf(group, rec);
    return rec.offset < below || above.has(rec.offset);
  }

  /** Records of a topic that a group never committed as done. */
  unclaimed(group: string, topic: string): readonly Rec[] {
    const claims: Claims[] = [];
    return (this.byTopic.get(topic) ?? []).filter(({ partition, offset }) => {
      const { below, above } = (claims[partition] ??= this.claimsOf(group, { topic, partition }));
      return offset >= below && !above.has(offset);
    });
  }

  isEnded(rec: Rec, base: string, group: string): boolean {
    return rec.ends.has(base) || rec.ends.has(everyone(group));
  }

  missing(member: Member, group: string, rec: Rec): readonly string[] {
    return this.neededBy(member, group, rec).filter((base) => !this.isEnded(rec, base, group));
  }

  #startedAt(group: string, { key, value }: StoredRecord): void {
    const [what, topic] = key ? Buffer.from(key).toString().split(':') : [];
    if (what !== 'topic' || !value) return;
    const { starts } = JSON.parse(Buffer.from(value).toString()) as { readonly starts: readonly number[] };
    const place = `${group} ${topic}`;
    const known = this.starts.get(place) ?? [];
    this.starts.set(
      place,
      starts.map((start, partition) => Math.max(start, known[partition] ?? 0)),
    );
  }
}

/** The key under which a letter of handler `*` ends a record for all handlers of a group. */
export const everyone = (group: string): string => `*${group}`;

/** Whether a handler reacts to a type on a topic, as a member of a group. */
export function isFor(spec: HandlerSpec, group: string, topic: string, type: string): boolean {
  return (
    spec.enabled &&
    !spec.broadcast &&
    spec.group === group &&
    spec.events.some((index) => CONTRACTS[index]!.topic === topic && CONTRACTS[index]!.type === type)
  );
}
