import { ANY_HANDLER } from '../failure/dead-letter.js';
import { asError } from '../errors.js';
import type { Envelope } from '../envelope/envelope.js';
import { HANDLER } from '../envelope/headers.js';
import { freshHistory, readWaiting, type Waiting } from '../failure/failed-event.js';
import type { FailureEngine } from '../failure/failure-engine.js';
import type { StoredRecord } from '../transport/records.js';
import type { HandlerRunner } from './attempt.js';
import type { Incoming } from './incoming.js';
import type { Intake, PartitionConsumer } from './partition-consumer.js';
import { TierGate } from './tier-gate.js';
import { Running, type Tools } from './work.js';

/** Tells the envelope of a record. */
export type ReadEnvelope = (record: StoredRecord) => Envelope;

/** Records of an event topic: each handler of the event's type gets it; a type that nobody handles is skipped and counted. */
export function sourceIntake(
  handlers: ReadonlyMap<string, readonly HandlerRunner[]>,
  envelopeOf: ReadEnvelope,
  tools: Tools,
  skipped: () => void,
): Intake {
  return (record, entry, partition) => {
    const envelope = envelopeOf(record);
    const runners = handlers.get(envelope.type);
    if (!runners) {
      skipped();
      if (tools.observations.active) {
        const { topic, offset } = record;
        tools.observations.tell({
          kind: 'skipped',
          group: tools.group,
          type: envelope.type,
          topic,
          partition: record.partition,
          offset,
        });
      }
      return partition.finish(entry);
    }
    deliverAll(
      { record, envelope, history: freshHistory(record), entry, decoded: undefined },
      runners,
      partition,
      tools,
    );
  };
}

/** Gives an event to several handlers at once; one that cannot be decoded to none, a tombstone to those that ask for it. */
function deliverAll(
  incoming: Incoming,
  runners: readonly HandlerRunner[],
  partition: PartitionConsumer,
  tools: Tools,
): void {
  const asking = incoming.record.value === null ? runners.filter((one) => one.handler.tombstones) : [];
  if (asking.length === 0 && !decode(incoming, partition, tools)) return;
  const chosen = asking.length > 0 ? asking : runners;
  incoming.entry.left = chosen.length;
  for (const runner of chosen) partition.deliver(incoming, runner);
}

/** Decodes at intake, so that a record nobody can read becomes one letter, not one per handler. */
function decode(incoming: Incoming, partition: PartitionConsumer, tools: Tools): boolean {
  try {
    incoming.decoded = { value: tools.payloads.decode(incoming.envelope.type, incoming.record.value) };
    return true;
  } catch (thrown) {
    const error = asError(thrown);
    if (tools.failures) bury(incoming, ANY_HANDLER, error, 'undecodable', partition, tools.failures);
    else {
      const { topic, partition: number, offset } = incoming.record;
      const line = () =>
        `Record ${topic}/${number}/${offset} is given up by the broadcast handlers of group '${tools.group}': ${error.message}`;
      tools.throttled.write('error', 'undecodable', line);
      partition.done(incoming);
    }
    return false;
  }
}

/** How often events look whether their handler is enabled again. */
const DISABLED_PAUSE_MS = 60_000;

/** What a tier's intake needs to know of the group. */
export interface TierRules {
  /** The tier's delay; 0 for redriven events. */
  readonly tierMs: number;
  /** The handler with this id or alias; `runner` is null while it is not enabled here. */
  handlerOf(id: string): { readonly runner: HandlerRunner | null } | undefined;
  /** The handlers of an event's type: a redriven letter of handler `*` goes to all of them. */
  handlersOf(incoming: Incoming): readonly HandlerRunner[];
  /** How long an event may wait for a process that knows its handler. */
  readonly unknownWaitMs: number;
}

/**
 * Records of a retry tier, one partition of it: held until due, then on to the next tier or to the one handler they are for.
 * A handler that is not known here, or not enabled, lets its events hop on; unknown ones no longer than the rules say.
 */
export function tierIntake(
  rules: TierRules,
  envelopeOf: ReadEnvelope,
  failures: FailureEngine,
  tools: Tools,
): Intake {
  const gate = new TierGate<Held>(tools.clock, rules.tierMs, release);

  function release({ incoming, waiting, owner }: Held): void {
    const { handlerId } = waiting;
    if (handlerId === null) {
      const error = new Error(
        `The record says no handler (header '${HANDLER}'). Only Tramline writes to retry tiers.`,
      );
      return bury(incoming, ANY_HANDLER, error, 'handler-unknown', owner, failures);
    }
    const hop = (delayMs: number, unknownSince: number | null) => {
      const { record, envelope, history } = incoming;
      leave(
        failures.hop({ record, envelope, history, handlerId }, delayMs, unknownSince, owner.signal),
        incoming,
        owner,
      );
    };
    if (handlerId === ANY_HANDLER) {
      const runners = rules.handlersOf(incoming);
      if (runners.length > 0) return deliverAll(incoming, runners, owner, tools);
      const error = new Error(
        `No handler of group '${tools.group}' reacts to '${incoming.envelope.type}' any more.`,
      );
      return bury(incoming, ANY_HANDLER, error, 'handler-unknown', owner, failures);
    }
    if (waiting.remainingMs > 0) return hop(waiting.remainingMs, waiting.unknownSince);
    const known = rules.handlerOf(handlerId);
    if (known?.runner) return owner.deliver(incoming, known.runner);
    if (known) return hop(DISABLED_PAUSE_MS, null);
    const now = tools.clock.now();
    // Not later than now: where a wall clock was set back, the wait begins anew instead of lasting longer by as much.
    const since = Math.min(waiting.unknownSince ?? now, now);
    // As long again as it has waited: a deployment taken back soon finds its events soon, and an hour costs few hops.
    if (now - since < rules.unknownWaitMs)
      return hop(Math.max(1, Math.min(now - since, rules.unknownWaitMs / 6)), since);
    const error = new Error(
      `No process of group '${tools.group}' knows handler '${handlerId}'. If it was renamed, give the new one aliases: ['${handlerId}'] and redrive.`,
    );
    bury(incoming, handlerId, error, 'handler-unknown', owner, failures);
  }

  return (record, entry, owner) => {
    owner.onDrain ??= () => gate.close();
    const waiting = readWaiting(record);
    gate.push(
      {
        incoming: { record, envelope: envelopeOf(record), history: waiting, entry, decoded: undefined },
        waiting,
        owner,
      },
      waiting.due,
    );
  };
}

interface Held {
  readonly incoming: Incoming;
  readonly waiting: Waiting;
  readonly owner: PartitionConsumer;
}

function bury(
  incoming: Incoming,
  handlerId: string,
  error: Error,
  reason: 'undecodable' | 'handler-unknown',
  owner: PartitionConsumer,
  failures: FailureEngine,
): void {
  const { record, envelope, history } = incoming;
  leave(failures.die({ record, envelope, history, handlerId }, error, reason, owner.signal), incoming, owner);
}

/** The event is done when its copy is acknowledged; when the partition was lost before, it is somebody else's. */
function leave(write: Promise<void>, incoming: Incoming, owner: PartitionConsumer): void {
  // No handler runs, so there is no context to abort; the drain waits for the write all the same.
  const running = new Running([]);
  owner.began(running);
  write.then(
    () => {
      owner.stopped(running);
      owner.done(incoming);
    },
    () => owner.stopped(running),
  );
}
