import type { EventContext } from '@tramline/core';
import type { HandlerSpec } from '../scenario/scenario.ts';
import { isEarly } from './due.ts';
import { everyone, type Journal } from './journal.ts';
import { AT, splitAt } from './to-rec.ts';
import { graceOf, type End, type Run } from './model.ts';

/** Rules of what handlers are given: when, in which order, and how often. */
export class Attempts {
  readonly #journal: Journal;
  readonly #monotonic: () => number;
  /** Offset of the newest first appearance, by handler, partition and key. */
  readonly #newest = new Map<string, number>();

  constructor(journal: Journal, monotonic: () => number) {
    this.#journal = journal;
    this.#monotonic = monotonic;
  }

  /** A handler was called. */
  begins(spec: HandlerSpec, context: EventContext): Run {
    const journal = this.#journal;
    const [name = '', id] = splitAt(context.headers[AT]);
    const rec = journal.records.get(name);
    const holding = id === undefined ? undefined : journal.holdings.get(id);
    if (!rec || !holding)
      throw new Error(`Handler ${spec.id} was given '${context.headers[AT]}', which was never delivered.`);
    const { member } = holding;
    const counted = `${spec.base}@${rec.origin}`;
    const count = (journal.runs.get(counted) ?? 0) + 1;
    journal.runs.set(counted, count);
    journal.sequence++;
    const run: Run = {
      holding,
      rec,
      spec,
      startedAt: this.#monotonic(),
      freezes: member.clock.freezes,
      count,
      settled: false,
    };
    journal.trace.add(`${member.name} runs ${spec.id} on ${name}#${id} (run ${count})`);
    this.#timely(run);
    this.#alone(run);
    if (holding.broadcast) this.#heardInOrder(run);
    else {
      this.#notAgain(run);
      this.#inOrder(run);
    }
    member.active.add(run);
    return run;
  }

  succeeded(run: Run): void {
    this.#end(run, 'done');
  }

  discarded(run: Run): void {
    this.#end(run, 'discarded');
  }

  failed(run: Run): void {
    this.#settle(run, 'failed');
  }

  #end(run: Run, how: string): void {
    if (!this.#settle(run, how)) return;
    const { rec, spec, holding } = run;
    // Frozen meanwhile: whether its timeout fired first is the runtime's business, so the end is not held against it.
    const sure = run.freezes === holding.member.clock.freezes;
    const end: End = {
      holding: sure ? holding.id : undefined,
      known: sure ? ++this.#journal.sequence : Infinity,
    };
    const ends = rec.ends.get(spec.base);
    if (ends) ends.push(end);
    else rec.ends.set(spec.base, [end]);
  }

  /** @returns whether the runtime still counts what comes of the attempt */
  #settle(run: Run, how: string): boolean {
    run.settled = true;
    const { holding, spec, rec } = run;
    holding.member.active.delete(run);
    const late = run.freezes === holding.member.clock.freezes && this.isLate(run);
    const counts = !late && holding.state !== 'over';
    this.#journal.trace.add(
      `${holding.member.name} ${how} ${spec.id} on ${rec.name}#${holding.id}${counts ? '' : ' (too late)'}`,
    );
    return counts;
  }

  /** Whether the runtime has given it up. */
  isLate(run: Run): boolean {
    // Sums of fractions differ in the last digits.
    return this.#monotonic() - run.startedAt > run.spec.timeout + graceOf(run.spec) - 0.01;
  }

  #timely({ holding, rec, spec }: Run): void {
    const { trace, jumps } = this.#journal;
    const what = `${holding.member.name} ran ${spec.id} on ${rec.name}`;
    if (holding.state === 'over') trace.broken('began after the partition went', what);
    if (isEarly(rec, holding.member.clock.now(), this.#monotonic(), jumps))
      trace.broken('early', `${what}, due at ${rec.due}`);
  }

  /** One attempt of a key at a time, and no more attempts of a handler than it allows. */
  #alone(run: Run): void {
    const { holding, rec, spec } = run;
    const { member } = holding;
    const running = [...member.active].filter(
      (other) => other.spec.base === spec.base && !this.isLate(other),
    );
    const sure = running.every(({ freezes }) => freezes === member.clock.freezes);
    if (!sure || spec.batch) return;
    if (running.length >= spec.concurrency) {
      this.#journal.trace.broken(
        'concurrency',
        `${member.name} ran ${spec.id} ${running.length + 1} times at once`,
      );
    }
    const same = running.find(
      (other) => other.holding === holding && rec.key !== null && other.rec.key === rec.key,
    );
    if (same)
      this.#journal.trace.broken(
        'one at a time',
        `${member.name} ran ${spec.id} on ${rec.name} beside ${same.rec.name}`,
      );
  }

  /** What was committed as done when the partition was assigned, or ended while it is held, does not run again. */
  #notAgain({ holding, rec, spec }: Run): void {
    const { trace } = this.#journal;
    const what = `${holding.member.name} ran ${spec.id} on ${rec.name}#${holding.id}`;
    if (holding.finished(rec.offset)) trace.broken('repeat of what was committed', what);
    const ends = [...(rec.ends.get(spec.base) ?? []), ...(rec.ends.get(everyone(holding.group)) ?? [])];
    if (ends.some((end) => end.holding === holding.id)) trace.broken('repeat of what had ended', what);
    const counted = `${spec.base}@${rec.name}`;
    const attempts = (holding.attempts.get(counted) ?? 0) + 1;
    holding.attempts.set(counted, attempts);
    const most = spec.onGateway === 'retry' ? Math.max(spec.inPlace, 2) : spec.inPlace;
    if (attempts > most)
      trace.broken('attempts in place', `${what}: ${attempts} times, the policy says ${most}`);
  }

  /** First appearances of a key are in order of offset, at each handler. */
  #inOrder({ holding, rec, spec, count }: Run): void {
    if (rec.kind !== 'event' || rec.key === null || count > 1) return;
    // The group was through with it before this handler was there, and lost that position later: no first appearance.
    if (this.#journal.wasClaimed(holding.group, rec)) return;
    const place = `${spec.base} ${rec.topic}/${rec.partition} ${rec.key}`;
    const newest = this.#newest.get(place) ?? -1;
    if (rec.offset < newest)
      this.#journal.trace.broken(
        'order',
        `${holding.member.name} ran ${spec.id} on ${rec.name} after offset ${newest} of key ${rec.key}`,
      );
    this.#newest.set(place, Math.max(newest, rec.offset));
  }

  #heardInOrder({ holding, rec, spec }: Run): void {
    const place = `${spec.base} ${rec.topic}/${rec.partition} ${rec.key}`;
    const newest = holding.latest.get(place) ?? -1;
    const counted = `${spec.base}@${rec.name}`;
    const attempts = (holding.attempts.get(counted) ?? 0) + 1;
    holding.latest.set(place, Math.max(newest, rec.offset));
    holding.attempts.set(counted, attempts);
    if (rec.offset < newest && attempts === 1 && rec.key !== null)
      this.#journal.trace.broken(
        'broadcast order',
        `${holding.member.name} ran ${spec.id} on ${rec.name} after offset ${newest}`,
      );
    const most = Math.max(spec.inPlace, 2);
    if (attempts > most)
      this.#journal.trace.broken(
        'broadcast repeat',
        `${holding.member.name} ran ${spec.id} on ${rec.name} ${attempts} times`,
      );
  }
}
