import type { Validation } from '../contract/validation.js';
import type { Codec } from '../envelope/codec.js';
import { toEnvelope } from '../envelope/to-envelope.js';
import { FailureEngine } from '../failure/failure-engine.js';
import { FailureWriter, type AppendRecord } from '../failure/failure-writer.js';
import type { Log } from '../log/log.js';
import { ThrottledLog } from '../log/throttled-log.js';
import type { Naming } from '../naming.js';
import type { Observations } from '../observe/observations.js';
import type { Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';
import type { StoredRecord } from '../transport/records.js';
import type { Transport } from '../transport/transport.js';
import type { ConsumerSettings } from './consumer-settings.js';
import { GroupConsumer } from './group-consumer.js';
import { GroupState } from './group-state.js';
import type { Handler } from './handler.js';
import { PayloadReader } from './incoming.js';
import { sourceIntake, tierIntake, type TierRules } from './intake.js';
import { Routes } from './routes.js';
import type { Scheduler } from './scheduler.js';
import { StartPositions } from './start-positions.js';
import type { Tools } from './work.js';

/** What every group of a bus is built from. */
export interface GroupParts {
  readonly transport: Transport;
  readonly naming: Naming;
  readonly settings: ConsumerSettings;
  readonly codec: Codec;
  readonly validation: Validation;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly observations: Observations;
  readonly clientId: string;
  readonly appendFailure: AppendRecord;
}

/**
 * One consumer per group, for its unicast handlers, and one more for its broadcast handlers.
 * @param handlers - of all groups that run here, those that are not enabled included: what waits for them is known
 */
export function buildGroups(handlers: readonly Handler[], parts: GroupParts): GroupConsumer[] {
  const consumers: GroupConsumer[] = [];
  for (const group of new Set(handlers.map((handler) => handler.group))) {
    const members = handlers.filter((handler) => handler.group === group);
    const unicast = members.filter((handler) => !handler.broadcast);
    const broadcast = members.filter((handler) => handler.broadcast && handler.enabled);
    if (unicast.length > 0) consumers.push(unicastGroup(group, unicast, parts));
    if (broadcast.length > 0) consumers.push(broadcastGroup(group, broadcast, parts));
  }
  return consumers;
}

function unicastGroup(group: string, handlers: readonly Handler[], parts: GroupParts): GroupConsumer {
  const { transport, naming, settings, clock, random, log, observations } = parts;
  const { ladder, outOfRange } = settings;
  const writer = new FailureWriter(group, parts.appendFailure, clock, random, log, observations);
  const throttled = new ThrottledLog(log, clock);
  const failures = new FailureEngine(group, naming, ladder, writer, clock, throttled, observations);
  const routes = new Routes(handlers, parts);
  const tools = toolsOf(group, parts, failures, throttled);
  const state = new GroupState(transport, naming.state(group));
  const previous = settings.previousGroups[group];
  const startFrom = new Map(
    handlers.flatMap((handler) =>
      handler.contracts.map(({ topic }) => [naming.topic(topic), handler.startFrom] as const),
    ),
  );
  const previousName = previous === undefined ? undefined : naming.group(previous);
  const starts = new StartPositions(group, transport, state, outOfRange, startFrom, previousName, log);
  const envelopeOf = (record: StoredRecord) => toEnvelope(record, naming);
  const consumer: GroupConsumer = new GroupConsumer({
    ...commonSetup(parts, tools, routes.scheduler),
    groupName: naming.group(group),
    broadcast: false,
    runners: routes.runners(),
    failingWrites: () => writer.troubles,
    // Also tiers that this configuration no longer names, and those of the former group: somebody has to drain them.
    async topics() {
      const own = [group, ...(previous === undefined ? [] : [previous])];
      const tiers = await Promise.all(
        own.map((name) => transport.topics.list(`${naming.group(name)}.retry.`)),
      );
      return [
        ...routes.topics(),
        ...tiers.flat().filter((topic) => own.includes(naming.groupTopic(topic)?.group ?? '')),
      ];
    },
    intake(topic) {
      const tier = naming.groupTopic(topic);
      if (tier?.kind === 'tier' || tier?.kind === 'now') {
        const rules: TierRules = {
          tierMs: tier.kind === 'tier' ? tier.delayMs : 0,
          handlerOf: (id) => routes.handler(id),
          handlersOf: ({ envelope, history }) => routes.types(history.origin.topic).get(envelope.type) ?? [],
          unknownWaitMs: settings.unknownHandlerWaitMs,
        };
        return { intake: tierIntake(rules, envelopeOf, failures, tools), tier: true };
      }
      return {
        intake: sourceIntake(routes.types(topic), envelopeOf, tools, () => consumer.skipped()),
        tier: false,
      };
    },
    positions: { starts, state },
    onJoin: () => announceHandlers(group, handlers, state, naming, log),
  });
  return consumer;
}

function broadcastGroup(group: string, handlers: readonly Handler[], parts: GroupParts): GroupConsumer {
  const { naming } = parts;
  const routes = new Routes(handlers, parts);
  const tools = toolsOf(group, parts, null, new ThrottledLog(parts.log, parts.clock));
  const envelopeOf = (record: StoredRecord) => toEnvelope(record, naming);
  const consumer: GroupConsumer = new GroupConsumer({
    ...commonSetup(parts, tools, routes.scheduler),
    groupName: `${naming.group(group)}.broadcast`,
    broadcast: true,
    runners: routes.runners(),
    failingWrites: () => [],
    topics: () => Promise.resolve(routes.topics()),
    intake: (topic) => ({
      intake: sourceIntake(routes.types(topic), envelopeOf, tools, () => consumer.skipped()),
      tier: false,
    }),
    positions: null,
    onJoin: () => Promise.resolve(),
  });
  return consumer;
}

function commonSetup({ transport, settings, clientId }: GroupParts, tools: Tools, scheduler: Scheduler) {
  const { window, windowBytes, commitIntervalMs, sessionTimeoutMs, drainTimeoutMs } = settings;
  const { stalledAfterMs, outOfRange } = settings;
  return {
    tools,
    transport,
    scheduler,
    clientId,
    window,
    windowBytes,
    commitIntervalMs,
    sessionTimeoutMs,
    drainTimeoutMs,
    stalledAfterMs,
    outOfRange,
  };
}

function toolsOf(
  group: string,
  parts: GroupParts,
  failures: FailureEngine | null,
  throttled: ThrottledLog,
): Tools {
  const { clock, random, log, observations, codec, validation } = parts;
  return {
    group,
    clock,
    random,
    log,
    throttled,
    observations,
    failures,
    payloads: new PayloadReader(codec, validation),
  };
}

/** Says which handlers are new in a group that has read their topic before: they get what comes from here on. */
async function announceHandlers(
  group: string,
  handlers: readonly Handler[],
  state: GroupState,
  naming: Naming,
  log: Log,
): Promise<void> {
  await state.refresh();
  const added = handlers.filter((handler) => ![...handler.ids].some((id) => state.knowsHandler(id)));
  for (const handler of added) {
    const topics = handler.contracts
      .map(({ topic }) => naming.topic(topic))
      .filter((topic) => state.topicStart(topic));
    if (topics.length === 0) continue;
    log.info(
      `Handler '${handler.id}' is new in group '${group}', which reads ${topics.join(', ')} already: it starts at the group's position. ` +
        `Give it its own 'group' to start elsewhere.`,
    );
  }
  await state.saveHandlers(added.map((handler) => handler.id));
}
