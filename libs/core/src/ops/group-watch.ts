import { GroupState } from '../consume/group-state.js';
import { sleep } from '../time/clock.js';
import { readEvents, type FoundEvent, type FoundEventFilter } from './found-events.js';
import { stepOf, type GroupStep } from './group-step.js';
import { OpenEvents } from './open-events.js';
import type { OpsPorts } from './ports.js';
import { tailEvents, type TailOptions } from './tail.js';
import { unknownGroup } from './unknown-group.js';

export interface GroupWatchOptions extends TailOptions {
  /** false: end where the logs end now. Default true. */
  readonly follow?: boolean;
}

/** How often it is looked at what the group has done, milliseconds: commits come every 500 ms. */
const LOOK_EVERY_MS = 500;

/**
 * What a group does with events, as its topics, tiers, dead letters and commits tell. `done` comes a second or two late: a commit
 * says that an event was left behind, and only what lies in the tiers by then says why. Belongs to no group, moves no position.
 * @throws UnknownGroupError | TransportError
 */
export async function* watchGroup(
  ports: OpsPorts,
  group: string,
  filter: Omit<FoundEventFilter, 'topics' | 'to'>,
  { follow = true, ...options }: GroupWatchOptions = {},
): AsyncGenerator<GroupStep, void, undefined> {
  const topics = await topicsOf(ports, group);
  const open = new OpenEvents(ports, group);
  const step = (event: FoundEvent): GroupStep => {
    const seen = stepOf(ports, group, event);
    open.note(seen);
    return seen;
  };
  if (!follow) {
    for await (const event of readEvents(ports, { ...filter, topics }, options.signal)) yield step(event);
    yield* await open.look(true);
    return;
  }
  const { signal } = options;
  const events = tailEvents(ports, { ...filter, topics }, options);
  try {
    let next = events.next();
    let pause = paused(ports, signal);
    for (;;) {
      const first = await Promise.race([next, pause]);
      if (first === undefined) {
        yield* await open.look();
        pause = paused(ports, signal);
      } else {
        if (first.done || signal?.aborted) return;
        yield step(first.value);
        next = events.next();
      }
    }
  } finally {
    await events.return();
  }
}

/** Never rejects: an aborted signal ends the events, and with them everything. */
async function paused({ clock }: OpsPorts, signal: AbortSignal | undefined): Promise<undefined> {
  await sleep(clock, LOOK_EVERY_MS, signal).catch(() => new Promise<never>(() => {}));
}

/** Without the namespace: what the group reads, where its events wait, and where they end. */
async function topicsOf(ports: OpsPorts, group: string): Promise<string[]> {
  const { transport, naming } = ports;
  const all = await transport.topics.list(naming.topic(''));
  const own = all.filter((topic) => naming.groupTopic(topic)?.group === group);
  const stateTopic = naming.state(group);
  if (!own.includes(stateTopic)) throw await unknownGroup(ports, group, 'with topics of its own');
  const state = new GroupState(transport, stateTopic);
  await state.refresh();
  const events = state.topics().filter((topic) => all.includes(topic));
  const kept = own.filter((topic) => ['tier', 'now', 'dead'].includes(naming.groupTopic(topic)!.kind));
  // It has started on its tiers too.
  return [...new Set([...events, ...kept])].map((topic) => naming.withoutNamespace(topic)!);
}
