import {
  BatchError,
  DiscardError,
  NonRetryableError,
  sleep,
  type Clock,
  type EventContext,
  type HandlerDefinition,
} from '@tramline/core';
import type { Run } from '../oracle/model.ts';
import type { Oracle } from '../oracle/oracle.ts';
import { CONTRACTS, type HandlerSpec, type Payload, type Scenario } from '../scenario/scenario.ts';
import { behaviourOf, type Behaviour, type Thrown } from './behaviour.ts';

class GatewayError extends Error {}

/** Where handlers run. */
export interface Stage {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly oracle: Oracle;
}

/** A handler as the runtime takes it, that does what the seed lays down and tells the oracle. */
export function definitionOf(spec: HandlerSpec, stage: Stage): HandlerDefinition {
  const {
    id,
    aliases,
    group,
    inPlace,
    delays,
    concurrency,
    timeout,
    broadcast,
    batch,
    enabled,
    startFrom,
    onGateway,
  } = spec;
  const again = { inPlace: 2, delays: delays.slice(0, 1) };
  const action = onGateway === 'retry' ? again : onGateway;
  return {
    id,
    aliases,
    group,
    events: spec.events.map((index) => CONTRACTS[index]!),
    retry: { inPlace, delays, ...(action === 'none' ? {} : { on: [[GatewayError, action]] }) },
    concurrency,
    timeout,
    delivery: broadcast ? 'broadcast' : 'unicast',
    startFrom,
    enabled,
    ...(batch ? { batch } : {}),
    run: batch
      ? (events: readonly Payload[], contexts: readonly EventContext[]) =>
          runBatch(spec, stage, events, contexts)
      : (event: Payload, context: EventContext) => runOne(spec, stage, event, context),
  };
}

function runOne(spec: HandlerSpec, stage: Stage, event: Payload, context: EventContext): unknown {
  const run = stage.oracle.attempts.begins(spec, context);
  const behaviour = today(behaviourOf(stage.scenario, spec.base, event.n), run);
  const after = waitOf(behaviour, spec);
  if (after === undefined) return finish(run, behaviour, stage);
  return untilOver(after, behaviour, context, stage).then(
    () => finish(run, behaviour, stage),
    (error: unknown) => {
      stage.oracle.attempts.failed(run);
      throw error;
    },
  );
}

/** The slowest event decides how long a batch takes; events that fail are named one by one. */
async function runBatch(
  spec: HandlerSpec,
  stage: Stage,
  events: readonly Payload[],
  contexts: readonly EventContext[],
): Promise<void> {
  const { oracle } = stage;
  const runs = contexts.map((context) => oracle.attempts.begins(spec, context));
  const behaviours = runs.map((run, index) =>
    today(behaviourOf(stage.scenario, spec.base, events[index]!.n), run),
  );
  const waits = behaviours.map((behaviour) => waitOf(behaviour, spec) ?? 0);
  const slowest = waits.indexOf(Math.max(...waits));
  try {
    await untilOver(waits[slowest]!, behaviours[slowest]!, contexts[slowest]!, stage);
  } catch (error) {
    for (const run of runs) oracle.attempts.failed(run);
    throw error;
  }
  const failures = new Map<number, Error>();
  runs.forEach((run, index) => {
    try {
      finish(run, behaviours[index]!, stage);
    } catch (thrown) {
      failures.set(index, thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  });
  if (failures.size > 0) throw new BatchError(failures);
}

/** A handler that failed or hung as often as it should succeeds from then on; so does one whose event was redriven. */
function today(behaviour: Behaviour, { count, rec }: Run): Behaviour {
  const mended = behaviour.kind !== 'succeed' && (count > behaviour.times || rec.redrives > 0);
  return mended ? { kind: 'succeed', after: undefined } : behaviour;
}

function waitOf(behaviour: Behaviour, spec: HandlerSpec): number | undefined {
  if (behaviour.kind === 'hang') return Infinity;
  return behaviour.kind === 'late' ? spec.timeout + behaviour.by : behaviour.after;
}

async function untilOver(
  after: number,
  behaviour: Behaviour,
  { signal }: EventContext,
  { clock }: Stage,
): Promise<void> {
  if (Number.isFinite(after)) return sleep(clock, after);
  const heeds = behaviour.kind === 'hang' && behaviour.heeds;
  await new Promise((_, reject) => {
    if (heeds) signal.addEventListener('abort', () => reject(new Error('told to end')), { once: true });
  });
}

function finish(run: Run, behaviour: Behaviour, { oracle }: Stage): void {
  if (behaviour.kind !== 'fail') return oracle.attempts.succeeded(run);
  const { thrown } = behaviour;
  const discards =
    thrown === 'discard' ||
    (thrown === 'gateway' && run.spec.onGateway === 'discard') ||
    run.holding.broadcast;
  if (discards) oracle.attempts.discarded(run);
  else oracle.attempts.failed(run);
  // Applications throw anything.
  throw errorOf(thrown);
}

function errorOf(thrown: Thrown): unknown {
  switch (thrown) {
    case 'plain':
      return new Error('no');
    case 'gateway':
      return new GatewayError('no answer');
    case 'fatal':
      return new NonRetryableError('never');
    case 'discard':
      return new DiscardError('of no use');
    case 'text':
      return 'just text';
  }
}
