import { partitionName, type AssignedPartition, type CommitEntry, type TopicPartition } from '@tramline/core';
import type { Scenario } from '../scenario/scenario.ts';
import type { Journal } from './journal.ts';
import type { Holding, Member, Rec } from './model.ts';
import { readOffsetMap } from './offset-map.ts';

/** A hand-over under way. */
export interface Revoking {
  readonly holding: Holding;
  /** Everything known to the runtime before this must be committed when it is over. */
  readonly since: number;
  readonly at: number;
}

/** Rules of holding partitions: what is taken in, paused, committed and handed over. */
export class Holdings {
  readonly #journal: Journal;
  readonly #window: number;
  readonly #drainTimeout: number;
  #ids = 0;

  constructor(journal: Journal, { window, drainTimeout }: Scenario['consumer']) {
    this.#journal = journal;
    this.#window = window;
    this.#drainTimeout = drainTimeout;
  }

  assigned(member: Member, group: string, broadcast: boolean, partition: AssignedPartition): Holding {
    const { committed, end } = partition;
    const above = new Set(committed ? readOffsetMap(committed.offset, committed.metadata) : []);
    // As if empty when it claims what is not there: a foreign client's.
    if (Math.max(...above) >= end) above.clear();
    const below = committed?.offset ?? 0;
    const holding: Holding = {
      id: ++this.#ids,
      member,
      group,
      topic: partition.topic,
      partition: partition.partition,
      broadcast,
      finished: (offset) => offset < below || above.has(offset),
      state: 'held',
      paused: false,
      commitFailed: false,
      open: new Set(),
      delivered: [],
      attempts: new Map(),
      latest: new Map(),
    };
    this.#journal.holdings.set(holding.id, holding);
    if (!broadcast) this.#journal.owners.set(`${group} ${partitionName(partition)}`, member);
    this.#journal.trace.add(
      `${member.name} holds ${group} ${partitionName(partition)} as #${holding.id} from ${committed?.offset ?? '-'}`,
    );
    return holding;
  }

  /** Records are about to be delivered. */
  delivers(holding: Holding, records: readonly Rec[]): void {
    if (holding.broadcast) return;
    for (const rec of holding.open) {
      if (this.#journal.missing(holding.member, holding.group, rec).length === 0) holding.open.delete(rec);
    }
    if (holding.open.size > this.#window && records[0]?.kind === 'event') {
      const what = `${holding.member.name} took more in of ${holding.topic}/${holding.partition}, with ${holding.open.size} open`;
      this.#journal.trace.broken('window', `${what} and a window of ${this.#window}`);
    }
    for (const rec of records) {
      if (holding.finished(rec.offset)) continue;
      holding.open.add(rec);
      holding.delivered.push(rec);
    }
  }

  commits(member: Member, held: ReadonlyMap<string, Holding>, entries: readonly CommitEntry[]): void {
    for (const entry of entries) {
      const holding = held.get(partitionName(entry));
      if (!holding || holding.state === 'over') {
        this.#journal.trace.broken(
          'commit of what is not held',
          `${member.name} commits ${partitionName(entry)} at ${entry.offset}`,
        );
      }
    }
  }

  revoking(holding: Holding): Revoking {
    holding.state = 'revoking';
    holding.commitFailed = false;
    return { holding, since: ++this.#journal.sequence, at: this.#journal.monotonic() };
  }

  /** Handed over as asked: what was done before that is committed, and what ran had its time. */
  revoked({ holding, since, at }: Revoking, disturbed: boolean): void {
    if (holding.state === 'over') return;
    this.over(holding, 'gives up');
    if (disturbed || holding.broadcast) return;
    const { member, group, topic, partition } = holding;
    const { trace } = this.#journal;
    const cut = [...member.active].find(
      (run) => run.holding === holding && run.startedAt + run.spec.timeout > this.#journal.monotonic(),
    );
    if (cut && this.#journal.monotonic() - at < this.#drainTimeout - 1) {
      trace.broken(
        'drain',
        `${member.name} gave up ${topic}/${partition} while ${cut.spec.id} ran on ${cut.rec.name}`,
      );
    }
    if (holding.commitFailed) return;
    const forgotten = holding.delivered.filter(
      (rec) => this.#isDone(holding, rec, since) && !this.#journal.wasClaimed(group, rec),
    );
    if (forgotten.length > 0) {
      trace.broken(
        'forgotten at hand-over',
        `${member.name} did not commit ${forgotten.map(({ name }) => name).join(', ')} of ${group}`,
      );
    }
  }

  over(holding: Holding, how: string): void {
    holding.state = 'over';
    const { member, group, topic, partition, id } = holding;
    this.#journal.trace.add(`${member.name} ${how} ${group} ${topic}/${partition} #${id}`);
  }

  paused(holding: Holding | undefined, partition: TopicPartition, paused: boolean): void {
    if (holding) holding.paused = paused;
    this.#journal.trace.add(
      `${paused ? 'paused' : 'resumed'} ${partitionName(partition)} #${holding?.id ?? '-'}`,
    );
  }

  /** Ended by all handlers, and the runtime knew so at `since`, in this very holding. */
  #isDone({ id, member, group }: Holding, rec: Rec, since: number): boolean {
    const needed = this.#journal.neededBy(member, group, rec);
    const known = (key: string) =>
      rec.ends.get(key)?.some((end) => end.holding === id && end.known < since) === true;
    return known(`*${group}`) || needed.every(known);
  }
}
