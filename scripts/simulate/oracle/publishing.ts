import type { Receipt } from '@tramline/core';
import type { Journal } from './journal.ts';

interface Acknowledged {
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly call: number;
}

/** Rules of publishing: a receipt means that the event lies there, `not-written` that it does not, and calls keep their order. */
export class Publishing {
  readonly #journal: Journal;
  /** By process, topic, partition and key. */
  readonly #acknowledged = new Map<string, Acknowledged[]>();
  readonly #notWritten = new Set<string>();
  #calls = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  called(): number {
    return ++this.#calls;
  }

  acknowledged(
    process: string,
    key: string,
    call: number,
    { eventId, topic, partition, offset }: Receipt,
  ): void {
    const { trace, records } = this.#journal;
    trace.add(`${process} published ${topic}/${partition}/${offset}`);
    if (records.get(`${topic}/${partition}/${offset}`)?.eventId !== eventId) {
      trace.broken(
        'receipt',
        `${process} was told that ${eventId} is ${topic}/${partition}/${offset}, which it is not`,
      );
    }
    const place = `${process} ${topic}/${partition} ${key}`;
    const list = this.#acknowledged.get(place);
    const one = { eventId, topic, partition, call };
    if (list) list.push(one);
    else this.#acknowledged.set(place, [one]);
  }

  rejected(process: string, eventId: string, outcome: string): void {
    this.#journal.trace.add(`${process} could not publish ${eventId}: ${outcome}`);
    if (outcome === 'not-written') this.#notWritten.add(eventId);
  }

  /** At the end, when nothing can land any more. */
  check(): void {
    const { trace, byTopic } = this.#journal;
    const first = new Map<string, number>();
    for (const recs of byTopic.values()) {
      for (const { kind, eventId, partition, offset } of recs) {
        if (kind !== 'event') continue;
        if (this.#notWritten.has(eventId))
          trace.broken(
            'not written',
            `${eventId} lies in the log, though its publisher was told that it does not`,
          );
        const place = `${eventId} ${partition}`;
        first.set(place, Math.min(offset, first.get(place) ?? Infinity));
      }
    }
    for (const [place, list] of this.#acknowledged) {
      let newest = -1;
      for (const { eventId, partition, call } of list.toSorted((a, b) => a.call - b.call)) {
        const offset = first.get(`${eventId} ${partition}`) ?? Infinity;
        if (offset < newest)
          trace.broken(
            'publish order',
            `${place}: call ${call} lies at ${offset}, an earlier one at ${newest}`,
          );
        newest = offset;
      }
    }
  }
}
