import { GroupState } from '../consume/group-state.js';
import { asError } from '../errors.js';
import * as names from '../envelope/headers.js';
import { EventIds } from '../envelope/event-id.js';
import { toEnvelope } from '../envelope/to-envelope.js';
import { failureAppender } from '../failure/failure-appender.js';
import { failureHeaders, freshHistory, originalHeaders, textHeader } from '../failure/failed-event.js';
import { isTooLarge } from '../failure/failure-writer.js';
import { publisherSettings } from '../publish/publisher-options.js';
import { mergedRecords } from '../read/merged-records.js';
import { partitionName, type OutgoingRecord, type StoredRecord } from '../transport/records.js';
import { UnknownHandlerError } from './errors.js';
import { isWantedEvent, stretchesOf, type FoundEventFilter } from './found-events.js';
import { Pace } from './pace.js';
import type { OpsParts } from './ports.js';
import { unknownGroup } from './unknown-group.js';

export interface ReplayOptions extends Pick<FoundEventFilter, 'key' | 'from' | 'to'> {
  readonly group: string;
  /** The one handler that gets the events. It must be of this group, and the group must run. */
  readonly handlerId: string;
  /** What type of event. */
  readonly type: string;
  /** Where they lie, without the namespace. Default: the topic of the type's name. */
  readonly topic?: string;
  /**
   * Also events whose effect the inbox knows: they have it again. Default false: they are left out and counted, where an outbox
   * is configured here; a handler with `once: true` leaves them out in any case.
   */
  readonly again?: boolean;
  /** Of an interrupted replay that goes on: its id and its positions. Default: a new one. */
  readonly resume?: { readonly id: string; readonly positions: readonly ReplayPosition[] };
  /** Events a second. Default 1,000. */
  readonly rate?: number;
  /** Counts and sends nothing. */
  readonly dryRun?: boolean;
  /** Ends it after the events under way; `resume` goes on. */
  readonly signal?: AbortSignal;
  /** Called after each step with the figures so far. */
  readonly onProgress?: (soFar: ReplayResult) => void;
}

/** Everything of a partition below `offset` was sent or left out. */
export interface ReplayPosition {
  /** As the broker knows it. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface ReplayResult {
  /** Handlers see it as `context.replay`. */
  readonly id: string;
  /** Sent to the handler (with `dryRun`: would be sent). */
  readonly replayed: number;
  /** Left out, because the inbox knows their effect. Null without an outbox. */
  readonly known: number | null;
  /** Places of events that no longer fit into the group's tier. */
  readonly refused: readonly ReplayPosition[];
  readonly positions: readonly ReplayPosition[];
  /** It was ended by its signal; `resume` goes on. */
  readonly stopped: boolean;
}

/** Events that are sent together. */
const STEP = 500;

/**
 * Gives events of the past to one handler again, through `<group>.retry.now`: in their order for each key, at least once, with
 * attempts and delays from the start. Ended at any point it can be resumed; what a crash lost of `positions` is sent again.
 */
export async function replay(parts: OpsParts, options: ReplayOptions): Promise<ReplayResult> {
  const { transport, naming, clock, random, log } = parts;
  const { group, handlerId, type, again = false, resume, signal, dryRun = false } = options;
  const pace = new Pace(clock, options.rate ?? 1_000, 'replay', 'events');
  await mustHaveHandler(parts, group, handlerId);
  const filter: FoundEventFilter = {
    topics: [options.topic ?? type],
    type,
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.to === undefined ? {} : { to: options.to }),
  };
  const positions = new Map(resume?.positions.map((one) => [partitionName(one), one]));
  const stretches = (await stretchesOf(parts, filter)).map((stretch) => ({
    ...stretch,
    from: Math.max(stretch.from, positions.get(partitionName(stretch))?.offset ?? 0),
  }));
  const replayId = { id: resume?.id ?? new EventIds(clock, random).next(), again };
  const result = { replayed: 0, known: parts.outbox && !again ? 0 : null, refused: [] as ReplayPosition[] };
  const soFar = (stopped = false): ReplayResult => ({
    ...result,
    id: replayId.id,
    refused: [...result.refused],
    positions: [...positions.values()],
    stopped,
  });
  const sender = failureAppender(transport, publisherSettings({}, []), clock, random, log);

  const send = async (record: StoredRecord) => {
    try {
      await sender.append(naming.retryNow(group), replayRecord(record, handlerId, group, replayId));
      result.replayed++;
    } catch (thrown) {
      const error = asError(thrown);
      if (!isTooLarge(error)) throw error;
      const { topic, partition, offset } = record;
      result.refused.push({ topic, partition, offset });
    }
  };
  const go = async (step: readonly StoredRecord[]) => {
    const known = again ? undefined : await parts.outbox?.known(group, handlerId, idsOf(step, naming));
    const fresh = known ? step.filter((record) => !known.has(toEnvelope(record, naming).id)) : step;
    if (result.known !== null) result.known += step.length - fresh.length;
    if (dryRun) result.replayed += fresh.length;
    else await Promise.all(fresh.map(send));
    for (const { topic, partition, offset } of step)
      positions.set(partitionName({ topic, partition }), { topic, partition, offset: offset + 1 });
    options.onProgress?.(soFar());
    if (!dryRun) await pace.after(fresh.length, signal);
  };
  try {
    const wanted = isWantedEvent(filter, naming);
    const open = stretches.filter(({ from, to }) => from < to);
    let step: StoredRecord[] = [];
    for await (const record of mergedRecords(transport, open, wanted)) {
      if (signal?.aborted) return soFar(true);
      step.push(record);
      if (step.length < pace.step(STEP)) continue;
      await go(step);
      step = [];
    }
    if (signal?.aborted) return soFar(true);
    if (step.length > 0) await go(step);
    return soFar();
  } finally {
    await sender.close();
  }
}

async function mustHaveHandler(parts: OpsParts, group: string, handlerId: string): Promise<void> {
  const { transport, naming } = parts;
  const topic = naming.state(group);
  if ((await transport.topics.describe([topic])).length === 0)
    throw await unknownGroup(parts, group, `with handlers: topic '${topic}' does not exist`);
  const state = new GroupState(transport, topic);
  await state.refresh();
  if (!state.knowsHandler(handlerId)) throw new UnknownHandlerError(handlerId, group, state.handlers());
}

function idsOf(records: readonly StoredRecord[], naming: OpsParts['naming']): string[] {
  return records.map((record) => toEnvelope(record, naming).id);
}

function replayRecord(
  record: StoredRecord,
  handlerId: string,
  group: string,
  replayOf: { readonly id: string; readonly again: boolean },
): OutgoingRecord {
  const history = { ...freshHistory(record), replay: replayOf };
  return {
    key: record.key,
    value: record.value,
    headers: [
      ...originalHeaders(record),
      ...failureHeaders(handlerId, group, history, null, null),
      textHeader(names.DUE, 0),
    ],
  };
}
