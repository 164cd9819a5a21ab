import type { ContractRegistry } from '../contract/contract-registry.js';
import type { Contract } from '../contract/contract.js';
import { ConfigurationError } from '../errors.js';
import { Ladder } from '../failure/ladder.js';
import { resolvePolicy } from '../failure/policy.js';
import { groupFault } from '../names.js';
import type { TramlineOptions } from '../options.js';
import { parseDuration } from '../time/duration.js';
import type { Handler, HandlerDefinition, HandlerOptions, HandlerOverrides } from './handler.js';

const OPTIONS: Record<keyof Required<HandlerDefinition>, true> = {
  id: true,
  aliases: true,
  group: true,
  retry: true,
  concurrency: true,
  timeout: true,
  delivery: true,
  startFrom: true,
  batch: true,
  tombstones: true,
  once: true,
  order: true,
  enabled: true,
  events: true,
  place: true,
  run: true,
};
const OVERRIDES: readonly string[] = [
  'enabled',
  'concurrency',
  'retry',
  'timeout',
] satisfies (keyof HandlerOverrides)[];

const DEFAULT_CONCURRENCY = 64;
const ANY_LADDER = new Ladder([Number.MAX_SAFE_INTEGER]);
const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_BATCH_WAIT_MS = 50;

/** Puts defaults, policies and overrides in place. Every fault of every handler goes to `faults`. */
export function resolveHandlers(
  definitions: readonly HandlerDefinition[],
  options: Pick<TramlineOptions, 'service' | 'retry' | 'policies' | 'overrides' | 'outbox'>,
  registry: ContractRegistry,
  ladder: Ladder,
  faults: string[],
): Handler[] {
  const overrides = new Map(
    Object.entries(options.overrides ?? {}).map(([id, override]) => [id, given(override)]),
  );
  for (const [id, override] of overrides) checkOverrides(id, override, definitions, faults);
  const handlers = definitions.map((definition) =>
    resolveHandler(
      { ...definition, ...changeable(overrides.get(definition.id)) },
      options,
      registry,
      ladder,
      faults,
    ),
  );
  checkIds(handlers, faults);
  checkStarts(handlers, faults);
  return handlers;
}

/** Without what is undefined: a variable that is not set must not undo what the decorator says. */
function given(override: HandlerOverrides): HandlerOverrides {
  return Object.fromEntries(Object.entries(override ?? {}).filter(([, value]) => value !== undefined));
}

/** Without what cannot be changed: `checkOverrides` told that, and as an option of the handler it would be told again. */
function changeable(override: HandlerOverrides = {}): HandlerOverrides {
  return Object.fromEntries(Object.entries(override).filter(([name]) => OVERRIDES.includes(name)));
}

function resolveHandler(
  definition: HandlerDefinition,
  options: Pick<TramlineOptions, 'service' | 'retry' | 'policies' | 'outbox'>,
  registry: ContractRegistry,
  ladder: Ladder,
  faults: string[],
): Handler {
  const place = definition.place ?? `handler '${definition.id}'`;
  const fault = (text: string) => faults.push(`${place}: ${text}`);
  for (const name of Object.keys(definition)) {
    if (!Object.hasOwn(OPTIONS, name))
      fault(`unknown option '${name}'. Known: ${Object.keys(OPTIONS).join(', ')}.`);
  }
  if (
    typeof definition.id !== 'string' ||
    definition.id === '' ||
    definition.id === '*' ||
    Buffer.byteLength(definition.id) > 200
  ) {
    fault(`id ${JSON.stringify(definition.id)} must be 1 to 200 bytes of text other than '*'.`);
  }
  checkOnce(definition, options.outbox !== undefined, fault);
  if (definition.order === 'key') fault(`order: 'key' does not exist yet. Leave it out, or use 'relaxed'.`);
  else if (definition.order !== undefined && definition.order !== 'relaxed')
    fault(`order is ${JSON.stringify(definition.order)}; only 'relaxed' exists.`);
  if (definition.enabled !== undefined && typeof definition.enabled !== 'boolean') {
    fault(
      `enabled is ${JSON.stringify(definition.enabled)}; give true or false. What comes from the environment is text: compare it.`,
    );
  }
  if (definition.tombstones !== undefined && typeof definition.tombstones !== 'boolean')
    fault(`tombstones is ${JSON.stringify(definition.tombstones)}; give true or false.`);
  if (definition.tombstones === true && definition.batch)
    fault('tombstones come one by one; leave out batch, or take them in a handler of their own.');
  checkEnum(definition, 'delivery', ['unicast', 'broadcast'], fault);
  checkEnum(definition, 'startFrom', ['earliest', 'latest'], fault);
  const group = definition.group ?? options.service;
  const badGroup = definition.group === undefined ? undefined : groupFault(definition.group);
  if (badGroup) fault(`group: ${badGroup}`);
  const concurrency = definition.concurrency ?? DEFAULT_CONCURRENCY;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    fault(`concurrency is ${JSON.stringify(concurrency)}; give a whole number from 1.`);
  const timeoutMs = definition.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(definition.timeout);
  if (!timeoutMs)
    fault(`timeout is ${JSON.stringify(definition.timeout)}; write milliseconds or '30s', '5m'.`);
  const broadcast = definition.delivery === 'broadcast';
  if (broadcast && definition.startFrom === 'earliest')
    fault(
      `a broadcast starts at the end; startFrom: 'earliest' cannot hold. Use EventLog.read for the past.`,
    );
  if (typeof definition.run !== 'function') fault('run must be a function.');
  return {
    id: definition.id,
    ids: new Set([definition.id, ...resolveAliases(definition.aliases, fault)]),
    group,
    place,
    contracts: resolveContracts(definition, registry, place, faults),
    enabled: definition.enabled ?? true,
    // A broadcast knows no tiers: whatever the delays are, they are not waited.
    policy: resolvePolicy(
      definition.retry ?? options.retry,
      options.policies ?? {},
      broadcast ? ANY_LADDER : ladder,
      place,
      faults,
    ),
    concurrency,
    timeoutMs: timeoutMs || DEFAULT_TIMEOUT_MS,
    broadcast,
    startFrom: definition.startFrom ?? 'earliest',
    batch: resolveBatch(definition.batch, fault),
    once: definition.once ?? false,
    tombstones: definition.tombstones ?? false,
    run: definition.run,
  };
}

function checkOnce(
  { once, batch, delivery }: HandlerDefinition,
  hasOutbox: boolean,
  fault: (text: string) => void,
): void {
  if (once === undefined) return;
  if (typeof once !== 'boolean')
    return fault(
      `once is ${JSON.stringify(once)}; give true or false. What comes from the environment is text: compare it.`,
    );
  if (!once) return;
  if (!hasOutbox)
    fault(
      `'once: true' needs a database: give outbox in the options of the bus, such as outbox: pg(pool) from '@tramline/outbox/pg'. Without one, make the effect idempotent by context.eventId.`,
    );
  if (batch)
    fault(
      `'once: true' and 'batch' exclude each other: an event of a batch that failed would take the others' effect with it.`,
    );
  if (delivery === 'broadcast')
    fault(`'once: true' and a broadcast exclude each other: every process has an effect of its own.`);
}

function resolveAliases(aliases: unknown, fault: (text: string) => void): readonly string[] {
  if (aliases === undefined) return [];
  const isList =
    Array.isArray(aliases) && aliases.every((alias) => typeof alias === 'string' && alias !== '');
  if (isList) return aliases as string[];
  fault(`aliases is ${JSON.stringify(aliases)}; give a list of former ids.`);
  return [];
}

function resolveContracts(
  definition: HandlerDefinition,
  registry: ContractRegistry,
  place: string,
  faults: string[],
): Contract[] {
  if (!Array.isArray(definition.events) || definition.events.length === 0) {
    faults.push(`${place}: names no event. Give at least one class, contract or name.`);
    return [];
  }
  return definition.events.flatMap((ref) => {
    try {
      return registry.resolveForHandling(ref);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      // Whoever filled the registry has told the faults of events already.
      return [];
    }
  });
}

function resolveBatch(batch: HandlerOptions['batch'], fault: (text: string) => void): Handler['batch'] {
  if (!batch) return null;
  const waitMs = batch.wait === undefined ? DEFAULT_BATCH_WAIT_MS : parseDuration(batch.wait);
  if (!Number.isInteger(batch.size) || batch.size < 1 || batch.size > 10_000)
    fault(`batch.size is ${String(batch.size)}; give a whole number from 1 to 10,000.`);
  if (waitMs === undefined)
    fault(`batch.wait is ${JSON.stringify(batch.wait)}; write milliseconds or '50ms'.`);
  return { size: batch.size, waitMs: waitMs ?? DEFAULT_BATCH_WAIT_MS };
}

function checkEnum(
  definition: HandlerDefinition,
  name: 'delivery' | 'startFrom',
  known: readonly string[],
  fault: (text: string) => void,
): void {
  const value = definition[name];
  if (value !== undefined && !known.includes(value))
    fault(`${name} is ${JSON.stringify(value)}; give ${known.map((one) => `'${one}'`).join(' or ')}.`);
}

function checkOverrides(
  id: string,
  override: HandlerOverrides,
  definitions: readonly HandlerDefinition[],
  faults: string[],
): void {
  if (!definitions.some((definition) => definition.id === id)) {
    faults.push(
      `Configuration overrides handler '${id}', which does not exist. Known: ${definitions.map((definition) => definition.id).join(', ') || 'none'}.`,
    );
  }
  for (const name of Object.keys(override)) {
    if (!OVERRIDES.includes(name))
      faults.push(
        `Configuration overrides '${name}' of handler '${id}', which it cannot change. Only ${OVERRIDES.join(', ')}.`,
      );
  }
}

/** Ids and aliases name handlers in headers of waiting events, so within a group each must lead to one handler. */
function checkIds(handlers: readonly Handler[], faults: string[]): void {
  const owners = new Map<string, Handler>();
  for (const handler of handlers) {
    for (const id of handler.ids) {
      const other = owners.get(id);
      if (other)
        faults.push(
          `${handler.place}: the handler id '${id}' is also that of ${other.place}. Give one of them another 'id'.`,
        );
      owners.set(id, handler);
    }
  }
}

/** A group has one position on a topic, so its handlers cannot start at different ones. */
function checkStarts(handlers: readonly Handler[], faults: string[]): void {
  const starts = new Map<string, Handler>();
  for (const handler of handlers) {
    if (handler.broadcast) continue;
    for (const { topic } of handler.contracts) {
      const key = JSON.stringify([handler.group, topic]);
      const other = starts.get(key);
      if (other && other.startFrom !== handler.startFrom) {
        faults.push(
          `${handler.place}: startFrom '${handler.startFrom}' on topic '${topic}' differs from '${other.startFrom}' of ${other.place}, in one group. Agree, or give one its own 'group'.`,
        );
      }
      starts.set(key, other ?? handler);
    }
  }
}
