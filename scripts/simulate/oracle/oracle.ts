import type { RecordBatch } from '@tramline/core';
import type { BrokerWatcher, VirtualClock } from '@tramline/testing';
import type { Scenario } from '../scenario/scenario.ts';
import { Attempts } from './attempts.ts';
import { Commits } from './commits.ts';
import { Copies } from './copies.ts';
import { Holdings } from './holdings.ts';
import { Journal } from './journal.ts';
import type { Holding, Member } from './model.ts';
import { Publishing } from './publishing.ts';
import { Redrives } from './redrives.ts';
import { Trace } from './trace.ts';

/** Sees everything that happens in a run and knows every rule. */
export class Oracle {
  readonly trace: Trace;
  readonly journal: Journal;
  readonly attempts: Attempts;
  readonly commits: Commits;
  readonly copies: Copies;
  readonly holdings: Holdings;
  readonly publishing: Publishing;
  readonly redrives: Redrives;
  /** What the broker stores is told here. */
  readonly watcher: BrokerWatcher;

  constructor(clock: VirtualClock, scenario: Scenario, member: (name: string) => Member | undefined) {
    const monotonic = () => clock.monotonic();
    const trace = (this.trace = new Trace(monotonic));
    const journal = (this.journal = new Journal(trace, monotonic));
    const all = scenario.services.flatMap(({ versions }) => versions.flatMap(({ handlers }) => handlers));
    for (const spec of all) journal.knows(spec);
    this.attempts = new Attempts(journal, monotonic);
    const commits = (this.commits = new Commits(journal, member));
    const copies = (this.copies = new Copies(journal, new Map(all.map((spec) => [spec.base, spec]))));
    this.holdings = new Holdings(journal, scenario.consumer);
    this.publishing = new Publishing(journal);
    const redrives = (this.redrives = new Redrives(journal));
    this.watcher = {
      appended(record) {
        const rec = journal.appended(record);
        copies.appended(rec);
        redrives.appended(rec, record);
      },
      committed: (group, entry, clientId) => commits.committed(group, entry, clientId),
    };
  }

  delivers(holding: Holding, { topic, partition, records, nextOffset }: RecordBatch): void {
    this.trace.add(`#${holding.id} gets ${topic}/${partition} up to ${nextOffset}`);
    this.holdings.delivers(
      holding,
      records.flatMap(({ offset }) => this.journal.records.get(`${topic}/${partition}/${offset}`) ?? []),
    );
  }
}
