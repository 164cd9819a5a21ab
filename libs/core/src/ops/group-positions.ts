import { decodeOffsetMap } from '../consume/offset-map.js';
import type { CommittedOffset, GroupMember, PartitionOffsets } from '../transport/admin.js';
import { partitionName, type TopicPartition } from '../transport/records.js';
import { isUnknownTopic } from './errors.js';
import type { OpsPorts } from './ports.js';

/** Where a group stands on one partition. Topics are named as on the broker. */
export interface GroupPosition extends TopicPartition {
  readonly kind: 'events' | 'tier' | 'now';
  /** The lowest offset that is not done; null where nothing was committed. */
  readonly committed: number | null;
  readonly earliest: number;
  readonly end: number;
  /** Events that are not done: up to the end, without those done above `committed`. */
  readonly lag: number;
  /** Who has the partition now. */
  readonly memberId: string | null;
}

/** @param known - topics of events that it reads, besides those where it has positions or members */
export async function groupPositions(
  { transport, naming }: OpsPorts,
  group: string,
  members: readonly GroupMember[],
  known: readonly string[],
): Promise<GroupPosition[]> {
  const name = naming.group(group);
  const all = await transport.topics.list(naming.topic(''));
  const committed = new Map(
    (await transport.groups.committed(name, all)).map((entry) => [partitionName(entry), entry]),
  );
  const owners = new Map(
    members.flatMap(({ memberId, partitions }) =>
      partitions.map((one) => [partitionName(one), memberId] as const),
    ),
  );
  const tiers = all.filter((topic) => {
    const own = naming.groupTopic(topic);
    return own?.group === group && (own.kind === 'tier' || own.kind === 'now');
  });
  const held = members.flatMap(({ partitions }) => partitions.map(({ topic }) => topic));
  const read = [...known, ...tiers, ...held, ...Array.from(committed.values(), ({ topic }) => topic)];
  const topics = [...new Set(read)].sort();
  const bounds = await Promise.all(topics.map((topic) => boundsOf(transport, topic)));
  return topics.flatMap((topic, index) =>
    bounds[index]!.map((bound) => {
      const at = partitionName({ topic, partition: bound.partition });
      return positionOf(topic, bound, committed.get(at), owners.get(at) ?? null, kindOf(naming, topic));
    }),
  );
}

function positionOf(
  topic: string,
  { partition, earliest, end }: PartitionOffsets,
  committed: CommittedOffset | undefined,
  memberId: string | null,
  kind: GroupPosition['kind'],
): GroupPosition {
  const from = Math.max(committed?.offset ?? earliest, earliest);
  const done = committed ? decodeOffsetMap(committed.offset, committed.metadata, end) : [];
  const above = done.reduce((sum, range) => sum + range.to - range.from, 0);
  const lag = Math.max(0, end - from - above);
  return { topic, partition, kind, committed: committed?.offset ?? null, earliest, end, lag, memberId };
}

function kindOf(naming: OpsPorts['naming'], topic: string): GroupPosition['kind'] {
  const kind = naming.groupTopic(topic)?.kind;
  return kind === 'tier' || kind === 'now' ? kind : 'events';
}

/** None for a topic that was deleted while the group remembers it. */
async function boundsOf(transport: OpsPorts['transport'], topic: string): Promise<PartitionOffsets[]> {
  try {
    return await transport.topics.offsets(topic);
  } catch (thrown) {
    if (isUnknownTopic(thrown)) return [];
    throw thrown;
  }
}
