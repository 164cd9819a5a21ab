import type { StoredRecord } from '@tramline/core';
import type { Journal } from './journal.ts';
import type { Rec } from './model.ts';

interface State {
  readonly state: string;
  readonly n?: number;
}

/** Rules of redriving: each (letter, n) is sent, and sent twice only after something went wrong. */
export class Redrives {
  readonly #journal: Journal;
  readonly #sent = new Map<string, number>();
  readonly #letters = new Map<string, Rec>();
  readonly #states = new Map<string, State & { readonly group: string }>();
  readonly #underWay = new Map<string, number>();
  /** Groups of which a redrive was interrupted, or ran beside another. */
  readonly #disturbed = new Set<string>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  begins(group: string): void {
    const count = (this.#underWay.get(group) ?? 0) + 1;
    this.#underWay.set(group, count);
    if (count > 1) this.#disturbed.add(group);
  }

  ends(group: string, interrupted: boolean): void {
    this.#underWay.set(group, (this.#underWay.get(group) ?? 1) - 1);
    if (interrupted) this.#disturbed.add(group);
  }

  appended(rec: Rec, { key, value }: StoredRecord): void {
    if (rec.kind === 'dead' && rec.letterId !== undefined) this.#letters.set(rec.letterId, rec);
    if (rec.kind === 'now' && rec.handlerId !== undefined) this.#send(rec);
    if (rec.kind === 'dead-state' && key && value) {
      this.#become(
        Buffer.from(key).toString(),
        rec.group,
        JSON.parse(Buffer.from(value).toString()) as State,
      );
    }
  }

  /** After a redrive that nobody disturbed and that saw all letters. */
  check(): void {
    const { trace } = this.#journal;
    for (const [id, { state, n, group }] of this.#states) {
      if (state === 'redriving') trace.broken('redrive', `letter ${id} of ${group} is still being redriven`);
      const letter = this.#letters.get(id);
      if (state !== 'redriven' || !letter || n === undefined) continue;
      if (!this.#sent.has(place(letter, n)))
        trace.broken('redrive', `letter ${id} of ${group} counts as redriven, but was never sent`);
    }
  }

  /** What a redrive said that had been given up and came late does not undo what a later one said. */
  #become(id: string, group: string, state: State): void {
    const isLate =
      state.state === 'redriving' && (this.#states.get(id)?.state ?? 'redriving') !== 'redriving';
    if (!isLate) this.#states.set(id, { ...state, group });
  }

  #send(rec: Rec): void {
    const { trace, doubled, doubted } = this.#journal;
    const count = (this.#sent.get(place(rec, rec.redrives)) ?? 0) + 1;
    this.#sent.set(place(rec, rec.redrives), count);
    if (count === 1 || this.#disturbed.has(rec.group) || doubled.has(rec.topic) || doubted.has(rec.topic))
      return;
    trace.broken(
      'redriven twice',
      `${rec.name} repeats redrive ${rec.redrives} of ${rec.handlerId} on ${rec.origin}`,
    );
  }
}

const place = ({ group, handlerId, origin }: Rec, n: number) => `${group} ${handlerId} ${origin} ${n}`;
