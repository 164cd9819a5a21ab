import { partitionName, type CommittedOffset } from '@tramline/core';
import type { Journal } from './journal.ts';
import type { Member, Rec } from './model.ts';
import { readOffsetMap } from './offset-map.ts';

/** Nothing is committed before it is done: looked at in every commit that the broker stores, by whoever is told of it. */
export class Commits {
  readonly #journal: Journal;
  readonly #member: (name: string) => Member | undefined;

  constructor(journal: Journal, member: (name: string) => Member | undefined) {
    this.#journal = journal;
    this.#member = member;
  }

  committed(group: string, entry: CommittedOffset, clientId: string | null): void {
    const { trace } = this.#journal;
    trace.add(
      `commit of ${group} by ${clientId ?? 'force'}: ${partitionName(entry)} ${entry.offset} ${entry.metadata}`,
    );
    const member = clientId === null ? undefined : this.#member(clientId);
    if (!member) return;
    const owner = this.#journal.owners.get(`${group} ${partitionName(entry)}`);
    if (owner !== member)
      trace.broken(
        'stale commit',
        `${member.name} stored ${partitionName(entry)}, which ${owner?.name ?? 'nobody'} holds`,
      );
    const above = readOffsetMap(entry.offset, entry.metadata);
    if (!above)
      return trace.broken(
        'metadata',
        `${member.name} committed an offset map that cannot be read: ${entry.metadata}`,
      );
    const claims = this.#journal.claimsOf(group, entry);
    for (let offset = claims.below; offset < entry.offset; offset++)
      this.#claim(member, group, entry, offset);
    for (const offset of above) this.#claim(member, group, entry, offset);
    if (entry.offset > claims.below) claims.below = entry.offset;
    for (const offset of above) claims.above.add(offset);
  }

  #claim(member: Member, group: string, { topic, partition }: CommittedOffset, offset: number): void {
    const journal = this.#journal;
    const { below, above } = journal.claimsOf(group, { topic, partition });
    if (offset < below || above.has(offset)) return;
    const rec = journal.records.get(`${topic}/${partition}/${offset}`);
    if (!rec)
      return journal.trace.broken(
        'committed what is not there',
        `${member.name} committed ${topic}/${partition}/${offset} of ${group}`,
      );
    if (this.#isBeforeStart(member, group, rec)) return;
    const missing = journal.missing(member, group, rec);
    if (missing.length > 0) {
      journal.trace.broken(
        'committed before it was done',
        `${member.name} committed ${rec.name} of ${group}, not ended: ${missing.join(', ')}`,
      );
    }
  }

  /** A group that starts at the latest has nothing to do with what was there before. */
  #isBeforeStart(member: Member, group: string, rec: Rec): boolean {
    const latest = member.version.handlers.some(
      (spec) => spec.group === group && spec.startFrom === 'latest' && !spec.broadcast,
    );
    return latest && rec.offset < (this.#journal.starts.get(`${group} ${rec.topic}`)?.[rec.partition] ?? 0);
  }
}
