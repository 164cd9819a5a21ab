import { partitionName, type TopicPartition } from '@tramline/core';

/** A member as the leader of its group sees it. */
export interface Applicant {
  readonly memberId: string;
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
  /** Of `owned`; the younger claim to a partition is believed. */
  readonly generation: number;
}

/**
 * Partitions that go together: number n of all topics with the same count of partitions and the same subscribers. Who has
 * a source partition thus has the retry partitions that its events may wait in. Where there are more members than numbers,
 * some would get nothing, so there each topic goes by itself.
 */
interface Unit {
  readonly kind: string;
  readonly partitions: readonly TopicPartition[];
  readonly eligible: readonly string[];
  owner: string | undefined;
}

/**
 * Who should have what: every partition of every topic that somebody subscribes to, only to members that do, evenly, and
 * otherwise with whom it is already. Members may run different versions of a service: topics are the union of theirs.
 */
export function assign(
  applicants: readonly Applicant[],
  counts: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const members = [...applicants].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const units = unitsOf(members, counts);
  const claims = believedClaims(members);
  const loads = new Loads(members.map(({ memberId }) => memberId));
  for (const unit of units) {
    const owner = mostClaimed(unit, claims);
    if (owner) loads.give(unit, owner);
  }
  for (const unit of units) if (!unit.owner) loads.give(unit, loads.lightest(unit));
  while (loads.level(units));
  return new Map(
    members.map(({ memberId }) => [
      memberId,
      units.filter(({ owner }) => owner === memberId).flatMap(({ partitions }) => partitions),
    ]),
  );
}

/** Who has what by name of the partition. Of two claims the younger holds; of two equally young ones, neither. */
export function believedClaims(members: readonly Applicant[]): ReadonlyMap<string, string> {
  const best = new Map<string, { readonly generation: number; readonly memberId: string | undefined }>();
  for (const { memberId, owned, generation } of members) {
    for (const name of owned.map(partitionName)) {
      const other = best.get(name);
      if (!other || generation > other.generation) best.set(name, { generation, memberId });
      else if (generation === other.generation) best.set(name, { generation, memberId: undefined });
    }
  }
  return new Map(
    [...best].flatMap(([name, { memberId }]) => (memberId === undefined ? [] : [[name, memberId]])),
  );
}

function unitsOf(members: readonly Applicant[], counts: ReadonlyMap<string, number>): Unit[] {
  const kinds = new Map<
    string,
    { readonly topics: string[]; readonly eligible: string[]; readonly count: number }
  >();
  for (const topic of [...counts.keys()].sort()) {
    const eligible = members.filter(({ topics }) => topics.includes(topic)).map(({ memberId }) => memberId);
    if (eligible.length === 0) continue;
    const count = counts.get(topic)!;
    const kind = `${eligible.length > count ? topic : ''} ${count} ${eligible.join(' ')}`;
    const found = kinds.get(kind);
    if (found) found.topics.push(topic);
    else kinds.set(kind, { topics: [topic], eligible, count });
  }
  return [...kinds].flatMap(([kind, { topics, eligible, count }]) =>
    Array.from({ length: count }, (_, partition) => ({
      kind,
      partitions: topics.map((topic) => ({ topic, partition })),
      eligible,
      owner: undefined,
    })),
  );
}

function mostClaimed(
  { partitions, eligible }: Unit,
  claims: ReadonlyMap<string, string>,
): string | undefined {
  const votes = new Map<string, number>();
  for (const one of partitions) {
    const memberId = claims.get(partitionName(one));
    if (memberId && eligible.includes(memberId)) votes.set(memberId, (votes.get(memberId) ?? 0) + 1);
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** How much each member has, in all and of each kind. */
class Loads {
  private readonly total = new Map<string, number>();
  private readonly ofKind = new Map<string, number>();

  constructor(private readonly members: readonly string[]) {}

  give(unit: Unit, owner: string): void {
    if (unit.owner) this.add(unit, unit.owner, -1);
    unit.owner = owner;
    this.add(unit, owner, 1);
  }

  /** Of those who may have it, who has least. */
  lightest(unit: Unit): string {
    return unit.eligible.reduce((best, one) => (this.compare(unit, one, best) < 0 ? one : best));
  }

  /** Moves one unit to where it evens things out. Answers whether there was one; each move brings the loads closer. */
  level(units: readonly Unit[]): boolean {
    const heaviestFirst = [...this.members].sort((a, b) => this.of(b) - this.of(a));
    for (const from of heaviestFirst) {
      for (const unit of units) {
        if (unit.owner !== from) continue;
        const to = this.lightest(unit);
        const spread = this.of(from, unit.kind) - this.of(to, unit.kind);
        const lead = this.of(from) - this.of(to);
        // Within a kind nobody has two more than another; beyond that, in all, nobody has a unit more than another.
        if (spread >= 2 || (spread >= 1 && lead > unit.partitions.length)) {
          this.give(unit, to);
          return true;
        }
      }
    }
    return false;
  }

  private compare(unit: Unit, a: string, b: string): number {
    return this.of(a, unit.kind) - this.of(b, unit.kind) || this.of(a) - this.of(b);
  }

  private of(member: string, kind?: string): number {
    return (kind === undefined ? this.total.get(member) : this.ofKind.get(`${member} ${kind}`)) ?? 0;
  }

  private add(unit: Unit, member: string, sign: 1 | -1): void {
    this.total.set(member, this.of(member) + sign * unit.partitions.length);
    this.ofKind.set(`${member} ${unit.kind}`, this.of(member, unit.kind) + sign);
  }
}
