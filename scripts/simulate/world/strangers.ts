import type { Dice } from '../scenario/dice.ts';
import { EVENT_TOPICS } from '../scenario/scenario.ts';
import { writeOffsetMap } from '../oracle/offset-map.ts';
import type { World } from './world.ts';

/** A record that we did not write lies in a topic of ours. */
export function foreign(world: World, what: string, dice: Dice): void {
  const topics = what === 'in-tier' ? world.groups.map((group) => `${group}.retry.now`) : EVENT_TOPICS;
  const existing = topics.filter((topic) => world.broker.topics.includes(topic));
  if (existing.length === 0) return;
  const topic = dice.pick(existing);
  const partition = dice.int(0, world.broker.ends(topic).length - 1);
  const k = `k${dice.int(1, world.scenario.keys)}`;
  const payload = Buffer.from(JSON.stringify({ k, n: world.nextEvent() }));
  const value = what === 'garbage' ? Buffer.from('{"half') : what === 'tombstone' ? null : payload;
  const headers = what === 'mystery' ? ([['ce_type', Buffer.from('mystery')]] as const) : [];
  world.appendForeign({ topic, partition }, { key: Buffer.from(k), value, headers });
}

/** Another client commits where the group stands, with metadata of its own. */
export function foreignCommit(world: World, group: string, what: 'noise' | 'beyond-end', dice: Dice): void {
  const topic = dice.pick(EVENT_TOPICS);
  const committed = world.broker.committed(group, topic);
  if (committed.length === 0) return;
  const { partition, offset } = dice.pick(committed);
  const end = world.broker.ends(topic)[partition]!;
  const from = Math.max(offset + 1, end - dice.int(0, 1));
  // So far beyond that the log does not grow there before somebody reads it: then nobody could tell.
  const metadata = what === 'noise' ? 'owner=somebody' : writeOffsetMap(offset, from, end + 10_000);
  world.broker.forceCommits(group, [{ topic, partition, offset, metadata }]);
}
