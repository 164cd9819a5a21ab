/** A member as the assignor sees it. Names of partitions are opaque and come in the order in which they are given out. */
export interface Candidate {
  readonly memberId: string;
  readonly topics: ReadonlySet<string>;
  /** Partitions that the member holds now. */
  readonly held: ReadonlySet<string>;
}

export interface Assignable {
  readonly name: string;
  readonly topic: string;
}

/**
 * Gives every partition to one of the members that subscribe to its topic: members of one group may subscribe to different
 * topics, as they do in the middle of a rolling deployment.
 *
 * Sticky: a partition stays with its holder unless another subscriber holds at least two fewer. Deterministic: ties go to
 * the member that comes first.
 */
export function assign(
  members: readonly Candidate[],
  partitions: readonly Assignable[],
): Map<string, Set<string>> {
  const result = new Map(members.map((member) => [member.memberId, new Set<string>()]));
  const load = (member: Candidate) => result.get(member.memberId)!.size;
  const leastLoaded = (candidates: readonly Candidate[]) =>
    candidates.reduce((best, member) => (load(member) < load(best) ? member : best));

  const subscribers = (topic: string) => members.filter((member) => member.topics.has(topic));
  const fresh: Assignable[] = [];
  for (const partition of partitions) {
    const holder = subscribers(partition.topic).find((member) => member.held.has(partition.name));
    if (holder) result.get(holder.memberId)!.add(partition.name);
    else fresh.push(partition);
  }
  for (const { name, topic } of fresh) {
    const candidates = subscribers(topic);
    if (candidates.length > 0) result.get(leastLoaded(candidates).memberId)!.add(name);
  }

  // Every move makes the sum of squared loads smaller, so this ends.
  for (let moved = true; moved;) {
    moved = false;
    for (const { name, topic } of partitions) {
      const candidates = subscribers(topic);
      const holder = candidates.find((member) => result.get(member.memberId)!.has(name));
      if (!holder) continue;
      const lightest = leastLoaded(candidates);
      if (load(lightest) + 2 > load(holder)) continue;
      result.get(holder.memberId)!.delete(name);
      result.get(lightest.memberId)!.add(name);
      moved = true;
    }
  }
  return result;
}
