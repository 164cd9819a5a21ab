import type { FoundEvent, FoundEventFilter, Ops } from '@tramline/core/ops';
import { CliError, usageError } from '../../exit.js';
import { wholeNumber } from '../../options/parse.js';
import { pointInTime } from '../../options/time.js';
import type { Session } from '../../session.js';
import { followGroup } from './group.js';
import { eventJson, eventLine } from './show.js';

export interface TailFlags {
  readonly fromBeginning?: boolean;
  readonly since?: string;
  readonly type?: string;
  readonly key?: string;
  readonly group?: string;
  readonly limit?: string;
  readonly follow: boolean;
}

/** Shows events until Ctrl-C, `--limit`, or the end of the log with `--no-follow`. @throws CliError | TransportError */
export async function tail(session: Session, topics: readonly string[], flags: TailFlags): Promise<void> {
  if (flags.fromBeginning && flags.since !== undefined)
    throw usageError('Give --from-beginning or --since, not both.');
  if (flags.group !== undefined && topics.length > 0)
    throw usageError('A group knows its topics: leave them out, or leave --group out.');
  const limit = flags.limit === undefined ? Infinity : wholeNumber('--limit', flags.limit, 1);
  const since =
    flags.since === undefined ? undefined : pointInTime('--since', flags.since, session.env.clock);
  const ops = await session.ops();
  const from = flags.fromBeginning ? ('earliest' as const) : since;
  const { type, key } = flags;
  const filter = {
    ...(type !== undefined && { type }),
    ...(key !== undefined && { key }),
    ...(from !== undefined && { from }),
  };
  if (flags.group !== undefined) return followGroup(session, ops, flags.group, filter, limit, flags.follow);
  const wanted = { ...filter, topics: topics.length > 0 ? topics : await topicsOf(session, ops, type) };
  let left = limit;
  for await (const event of eventsOf(session, ops, wanted, flags.follow)) {
    await session.output.json(eventJson(event));
    await session.output.line(eventLine(event, session));
    if (--left === 0) return;
  }
}

async function* eventsOf(
  session: Session,
  ops: Ops,
  filter: FoundEventFilter,
  follow: boolean,
): AsyncGenerator<FoundEvent, void, undefined> {
  const { signal, output } = session;
  if (follow) {
    yield* ops.events.tail(filter, {
      signal,
      onReady: () => void output.note(waiting(filter)).catch(() => undefined),
      onStatus: (status, error) => {
        if (status === 'away')
          void output.note(`The broker is away, trying on: ${error?.message}`).catch(() => undefined);
      },
    });
    return;
  }
  try {
    yield* ops.events.read({ from: 'earliest', ...filter }, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function waiting({ topics, type, key }: FoundEventFilter): string {
  const many = topics.length > 3 ? `${topics.length} topics` : topics.join(', ');
  return `Following ${many}${type ? `, type ${type}` : ''}${key === undefined ? '' : `, key ${key}`}. Ctrl-C ends it.`;
}

/** The topic of a type, as its contract says, else as it is called; without one all topics of events. */
async function topicsOf(session: Session, ops: Ops, type: string | undefined): Promise<readonly string[]> {
  const names = (await ops.topics.list()).map(({ name }) => name);
  if (names.length === 0)
    throw new CliError('TRAMLINE_NO_TOPICS', 'There is no topic of events here. Check --namespace.');
  if (type === undefined) return names;
  const contract = await session.contract(type);
  const topic = contract?.topic ?? type;
  if (names.includes(topic)) return [topic];
  await session.output.note(
    `There is no topic '${topic}': looking for events of type '${type}' in all topics. Check the type, where that is not meant.`,
  );
  return names;
}
