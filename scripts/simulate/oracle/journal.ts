import { Naming, partitionName, type StoredRecord, type TopicPartition } from '@tramline/core';
import type { HandlerSpec } from '../scenario/scenario.ts';
import { CONTRACTS } from '../scenario/scenario.ts';
import type { Holding, Member, Rec } from './model.ts';
import type { Trace } from './trace.ts';

/** Header by which the simulation tells its runs which record was delivered to them, and in which holding. */
export const AT = 'sim-at';

const naming = new Naming();

/** The headers that the rules read; all are ASCII here. */
const READ = new Set([
  AT,
  'ce_id',
  'ce_type',
  ...['handler', 'due', 'remaining', 'redrives', 'deliveries', 'reason', 'letter-id', 'by-reference'].map(
    (name) => `tramline-${name}`,
  ),
  ...['topic', 'partition', 'offset'].map((name) => `tramline-origin-${name}`),
]);

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
    const rec = this.#toRec(record);
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

  #toRec(record: StoredRecord): Rec {
    const { topic, partition, offset } = record;
    const own = naming.groupTopic(topic);
    const headers = new Map<string, string>();
    for (const [name, value] of record.headers) {
      if (value && READ.has(name))
        headers.set(name, Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'));
    }
    const number = (name: string) => Number(headers.get(`tramline-${name}`) ?? 0);
    const origin = headers.has('tramline-origin-topic')
      ? `${headers.get('tramline-origin-topic')}/${number('origin-partition')}/${number('origin-offset')}`
      : `${topic}/${partition}/${offset}`;
    const [cause, holding] = splitAt(headers.get(AT));
    return {
      name: `${topic}/${partition}/${offset}`,
      topic,
      partition,
      offset,
      kind: own?.kind ?? 'event',
      group: own?.group ?? '',
      tierMs: own?.kind === 'tier' ? own.delayMs : 0,
      eventId: headers.get('ce_id') ?? '',
      type: headers.get('ce_type') ?? origin.split('/')[0]!,
      key: record.key && Buffer.from(record.key).toString(),
      monotonic: this.monotonic(),
      jumps: this.jumps,
      cause,
      causeHolding: holding,
      handlerId: headers.get('tramline-handler'),
      due: number('due'),
      remaining: number('remaining'),
      redrives: number('redrives'),
      deliveries: number('deliveries'),
      reason: headers.get('tramline-reason'),
      byReference: headers.has('tramline-by-reference'),
      letterId: headers.get('tramline-letter-id'),
      origin,
      ends: new Map(),
    };
  }
}

/** The key under which a letter of handler `*` ends a record for all handlers of a group. */
export const everyone = (group: string): string => `*${group}`;

/** Reads the header {@link AT}: the record's name, and the holding when it was a member that read it. */
export function splitAt(text: string | undefined): [string | undefined, number | undefined] {
  if (text === undefined) return [undefined, undefined];
  const [name, holding] = text.split('#');
  return [name, holding === '' ? undefined : Number(holding)];
}

export function isFor(spec: HandlerSpec, group: string, topic: string, type: string): boolean {
  return (
    spec.enabled &&
    !spec.broadcast &&
    spec.group === group &&
    spec.events.some((index) => CONTRACTS[index]!.topic === topic && CONTRACTS[index]!.type === type)
  );
}
