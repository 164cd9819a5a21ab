import type { HandlerSpec } from '../scenario/scenario.ts';
import { isEarly } from './due.ts';
import { everyone, type Journal } from './journal.ts';
import type { End, Rec } from './model.ts';

/** Rules of the copies that failed events leave in tiers and among the dead letters. */
export class Copies {
  readonly #journal: Journal;
  readonly #specs: ReadonlyMap<string, HandlerSpec>;
  /** Topics of the copies that a delivery left for a handler. */
  readonly #made = new Map<string, readonly string[]>();
  readonly #letters = new Map<string, string>();
  readonly #ends = new Map<string, End>();

  /** @param specs - by base; what policies say is the same in all versions */
  constructor(journal: Journal, specs: ReadonlyMap<string, HandlerSpec>) {
    this.#journal = journal;
    this.#specs = specs;
  }

  appended(copy: Rec): void {
    if (copy.kind === 'dead') this.#sameLetter(copy);
    if (copy.byReference) return this.#endAll(copy);
    const cause = copy.cause === undefined ? undefined : this.#journal.records.get(copy.cause);
    const holding =
      copy.causeHolding === undefined ? undefined : this.#journal.holdings.get(copy.causeHolding);
    if (!cause || !holding || copy.handlerId === undefined) return;
    const { trace, doubled, jumps, monotonic } = this.#journal;
    const base = copy.handlerId === '*' ? everyone(copy.group) : this.#journal.baseOf(copy.handlerId);
    const made = `${cause.name}#${holding.id} ${base}`;
    const topics = [...(this.#made.get(made) ?? []), copy.topic];
    this.#made.set(made, topics);
    const inDoubt = topics.some((topic) => holding.member.doubts.has(topic) || doubled.has(topic));
    if (topics.length > 1 && !inDoubt) {
      trace.broken(
        'copied twice',
        `${cause.name} left ${topics.length} copies for ${base}, the last one ${copy.name}`,
      );
    }
    if (isEarly(cause, holding.member.clock.now(), monotonic(), jumps))
      trace.broken('early', `${cause.name} went on to ${copy.name} before it was due`);
    const knows = holding.member.version.handlers.some(({ id, aliases }) =>
      [id, ...aliases].includes(copy.handlerId!),
    );
    if (copy.reason === 'handler-unknown' && knows)
      trace.broken(
        'handler unknown',
        `${holding.member.name} knows ${copy.handlerId}, but made ${copy.name} of its event`,
      );
    this.#asThePolicySays(copy, cause, base);
    const end: End = { holding: holding.id, known: Infinity };
    this.#ends.set(copy.name, end);
    const ends = cause.ends.get(base);
    if (ends) ends.push(end);
    else cause.ends.set(base, [end]);
  }

  /** A letter without the event's own headers does not say which delivery led to it: it ends what there is of the event. */
  #endAll({ handlerId = '', origin, group }: Rec): void {
    const base = handlerId === '*' ? everyone(group) : this.#journal.baseOf(handlerId);
    for (const rec of this.#journal.records.values()) {
      if (rec.origin !== origin || rec.ends.has(base)) continue;
      if (rec.name === origin || (rec.group === group && rec.handlerId !== undefined))
        rec.ends.set(base, [{ holding: undefined, known: Infinity }]);
    }
  }

  /** The append was acknowledged: from here on the runtime knows. */
  acknowledged(copy: string): void {
    const end = this.#ends.get(copy);
    if (end) end.known = ++this.#journal.sequence;
  }

  /** One letter id for all copies of a death, and none for two. */
  #sameLetter({ group, handlerId, origin, redrives, letterId = '', name }: Rec): void {
    const death = `${group} ${handlerId} ${origin} ${redrives}`;
    const known = this.#letters.get(death) ?? this.#letters.get(letterId);
    if (known !== undefined && known !== letterId && known !== death) {
      this.#journal.trace.broken(
        'letter id',
        `${name} has the letter id ${letterId}, which does not fit ${known}`,
      );
    }
    this.#letters.set(death, letterId);
    this.#letters.set(letterId, death);
  }

  #asThePolicySays(copy: Rec, cause: Rec, base: string): void {
    const spec = this.#specs.get(base);
    if (!spec) return;
    const { trace } = this.#journal;
    const schedules = [spec.delays, ...(spec.onGateway === 'retry' ? [spec.delays.slice(0, 1)] : [])];
    const waited = copy.tierMs + copy.remaining;
    if (copy.kind === 'tier' && copy.deliveries === cause.deliveries) {
      if (waited < cause.remaining)
        trace.broken('wait', `${copy.name} waits ${waited} ms, ${cause.remaining} were left`);
    } else if (copy.kind === 'tier') {
      const delays = schedules.flatMap((delays) => delays[cause.deliveries] ?? []);
      if (copy.deliveries !== cause.deliveries + 1 || delays.length === 0) {
        trace.broken(
          'wait',
          `${copy.name} is delivery ${copy.deliveries} after ${cause.deliveries}, the policy has ${spec.delays.length} delays`,
        );
      } else if (waited < Math.min(...delays))
        trace.broken('wait', `${copy.name} waits ${waited} ms, the policy says ${delays.join(' or ')}`);
    } else if (
      copy.reason === 'retries-exhausted' &&
      schedules.every(({ length }) => cause.deliveries < length)
    ) {
      trace.broken(
        'gave up',
        `${copy.name} is dead after ${cause.deliveries} waits, the policy has ${spec.delays.length}`,
      );
    }
  }
}
