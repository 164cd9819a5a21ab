import { Naming, type StoredRecord } from '@tramline/core';
import type { Rec } from './model.ts';

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

/**
 * What the rules look at of a stored record.
 * @param jumps - how often the wall clock had been set by then
 */
export function toRec(record: StoredRecord, monotonic: number, jumps: number): Rec {
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
    monotonic,
    jumps,
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

/** Reads the header {@link AT}: the record's name, and the holding when it was a member that read it. */
export function splitAt(text: string | undefined): [string | undefined, number | undefined] {
  if (text === undefined) return [undefined, undefined];
  const [name, holding] = text.split('#');
  return [name, holding === '' ? undefined : Number(holding)];
}
