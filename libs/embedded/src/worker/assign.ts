/** A member that may be given partitions. */
export interface Candidate {
  readonly id: string;
  readonly topics: ReadonlySet<string>;
}

export interface Assignable {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  /** Who has it, or shall have it, now. */
  readonly current: string | null;
}

/** Partitions of one number that go together: of topics with the same subscribers and the same number of partitions. */
interface Unit {
  readonly partitions: Assignable[];
  owner: string | undefined;
}

/**
 * Who shall have which partition.
 * - A partition goes only to a member that subscribes to its topic; to none when nobody does.
 * - Among topics with the same subscribers and as many partitions, partitions of one number go to one member, so that
 *   what is keyed alike is handled in one process.
 * - The partitions of such topics are spread evenly: no member has two units more than another.
 * - What need not move stays.
 * @returns partition id to member id
 */
export function assign(
  members: readonly Candidate[],
  partitions: readonly Assignable[],
): Map<number, string> {
  const loads = new Map(members.map((member) => [member.id, 0]));
  const targets = new Map<number, string>();
  for (const { subscribers, units } of families(members, partitions)) {
    spread(subscribers, units, loads);
    for (const unit of units) for (const { id } of unit.partitions) targets.set(id, unit.owner!);
  }
  return targets;
}

interface Family {
  readonly subscribers: readonly string[];
  readonly units: readonly Unit[];
}

function families(members: readonly Candidate[], partitions: readonly Assignable[]): Family[] {
  const byTopic = new Map<string, Assignable[]>();
  for (const partition of partitions) {
    const list = byTopic.get(partition.topic);
    if (list) list.push(partition);
    else byTopic.set(partition.topic, [partition]);
  }
  const found = new Map<string, { subscribers: string[]; units: Map<number, Unit> }>();
  for (const [topic, list] of [...byTopic].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const subscribers = members.filter((member) => member.topics.has(topic)).map((member) => member.id);
    if (subscribers.length === 0) continue;
    const name = `${list.length} ${subscribers.join(' ')}`;
    let family = found.get(name);
    if (!family) found.set(name, (family = { subscribers, units: new Map() }));
    for (const partition of list) {
      const unit = family.units.get(partition.partition);
      if (unit) unit.partitions.push(partition);
      else family.units.set(partition.partition, { partitions: [partition], owner: undefined });
    }
  }
  return [...found.values()].map(({ subscribers, units }) => ({
    subscribers,
    units: [...units.entries()].sort(([a], [b]) => a - b).map(([, unit]) => unit),
  }));
}

/** Each member keeps what it has up to its share; the rest goes to those who have the least. */
function spread(subscribers: readonly string[], units: readonly Unit[], loads: Map<string, number>): void {
  const kept = new Map<string, Unit[]>(subscribers.map((id) => [id, []]));
  const free: Unit[] = [];
  for (const unit of units) (kept.get(holderOf(unit) ?? '') ?? free).push(unit);

  const share = Math.floor(units.length / subscribers.length);
  let extras = units.length % subscribers.length;
  // Those who have more already keep the odd ones, so that these do not move.
  const order = [...subscribers].sort(
    (a, b) => kept.get(b)!.length - kept.get(a)!.length || loads.get(a)! - loads.get(b)!,
  );
  const room = new Map<string, number>();
  for (const id of order) {
    const quota = share + (extras > 0 ? 1 : 0);
    if (extras > 0) extras--;
    const mine = kept.get(id)!;
    free.push(...mine.splice(quota));
    for (const unit of mine) unit.owner = id;
    room.set(id, quota - mine.length);
    loads.set(id, loads.get(id)! + quota);
  }
  for (const id of order) {
    for (let left = room.get(id)!; left > 0; left--) free.pop()!.owner = id;
  }
}

/** The member that has most of the unit. */
function holderOf(unit: Unit): string | undefined {
  const counts = new Map<string, number>();
  for (const { current } of unit.partitions) if (current) counts.set(current, (counts.get(current) ?? 0) + 1);
  let best: string | undefined;
  for (const [id, count] of counts) if (best === undefined || count > counts.get(best)!) best = id;
  return best;
}
