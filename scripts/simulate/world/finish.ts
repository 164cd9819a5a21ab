import { isFor } from '../oracle/journal.ts';
import { CONTRACTS, EVENT_TOPICS } from '../scenario/scenario.ts';
import { PROBE } from './behaviour.ts';
import { redriveAll } from './operators.ts';
import type { World } from './world.ts';

/** Longer than any chain of retries in a scenario takes, unless something is stuck. */
const PATIENCE_MS = 600_000;

/**
 * The end of a run: everything is mended, and then all that is open must come to its end; what was left of letters is
 * redriven; events published now must go straight through; and at last every process closes and leaves nothing behind.
 */
export async function finish(world: World): Promise<void> {
  heal(world);
  await quiet(world, 'the schedule');
  for (const group of world.groups) await redriveAll(world, group);
  await quiet(world, 'redriving');
  probe(world);
  await quiet(world, 'new events');
  if (world.oracle.trace.violations.length > 0) return;
  world.oracle.redrives.check();
  world.oracle.publishing.check();
  await closeAll(world);
}

function heal(world: World): void {
  const { broker, scenario, oracle } = world;
  oracle.trace.add('everything is mended');
  world.mended = true;
  broker.clearFaults();
  if (broker.away) broker.setAway(false);
  for (const process of world.processes) process.heal();
  for (const service of scenario.services) {
    const version = world.current.get(service)!;
    const whole = {
      ...version,
      handlers: version.handlers.map((handler) => ({ ...handler, enabled: true })),
    };
    const isWhole = version.handlers.every(({ enabled }) => enabled);
    if (!isWhole) world.current.set(service, whole);
    const old = world.members.filter((process) => process.service === service);
    const outdated = old.filter(
      (process) => scenario.restartAtEnd || !isWhole || process.version !== version,
    );
    for (const process of outdated) process.close();
    const left = old.length - outdated.length;
    for (let missing = service.members - left; missing > 0; missing--) world.start(service);
  }
}

/** Lets time pass until nothing is open any more. */
async function quiet(world: World, after: string): Promise<void> {
  const { clock, oracle } = world;
  const { trace } = oracle;
  const deadline = clock.monotonic() + PATIENCE_MS;
  while (trace.violations.length === 0) {
    if (openNow(world).next().done) return;
    if (clock.monotonic() > deadline)
      return trace.broken('left open', `after ${after}: ${[...openNow(world)].slice(0, 6).join('; ')}`);
    await clock.advance(1_000);
  }
}

/** What is not at its end: events and waiting copies that their group did not commit, processes that do not stand as they should. */
function* openNow(world: World): Generator<string, undefined> {
  const { journal, attempts } = world.oracle;
  for (const process of world.processes) {
    if (!process.isAlive) continue;
    if (process.state === 'closing') yield `${process.name} is closing`;
    if (process.publishing > 0) yield `${process.name} is publishing`;
    for (const { group, status } of process.service ? process.bus.health().groups : []) {
      if (status !== 'joined' && status !== 'stopped') yield `${group} of ${process.name} is ${status}`;
    }
    for (const run of process.active) if (!attempts.isLate(run)) yield `${process.name} runs ${run.spec.id}`;
    for (const held of process.holdings) {
      for (const { topic, partition, paused } of held.values())
        if (paused) yield `${process.name} has ${topic}/${partition} paused`;
    }
  }
  for (const { group, topic } of subscriptions(world)) {
    for (const rec of journal.unclaimed(group, topic)) yield `${rec.name} is not committed by ${group}`;
  }
}

/** Which topics must be drained, by whom. */
function subscriptions(world: World): { readonly group: string; readonly topic: string }[] {
  const handlers = [...world.current.values()].flatMap((version) => version.handlers);
  const { topics } = world.broker;
  return world.groups.flatMap((group) => {
    const used = CONTRACTS.filter(({ topic, type }) =>
      handlers.some((spec) => isFor(spec, group, topic, type)),
    );
    const events = EVENT_TOPICS.filter((name) => used.some(({ topic }) => topic === name));
    const tiers = topics.filter((topic) => topic.startsWith(`${group}.retry.`));
    return [...events, ...tiers].map((topic) => ({ group, topic }));
  });
}

/** One event for each partition: one that stands still without a backlog is found too. */
function probe(world: World): void {
  for (const name of EVENT_TOPICS) {
    const { length } = world.broker.topics.includes(name) ? world.broker.ends(name) : [];
    const index = CONTRACTS.findIndex(({ topic }) => topic === name);
    for (let partition = 0; partition < length; partition++) {
      world.publisher.publish(index, { k: 'probe', n: PROBE }, partition);
    }
  }
}

async function closeAll(world: World): Promise<void> {
  const { trace } = world.oracle;
  world.closing = true;
  const closing = world.processes.filter(({ isAlive }) => isAlive);
  for (const process of closing) process.close();
  await world.clock.advance('1m');
  for (const process of closing) {
    if (process.state !== 'closed') trace.broken('close', `${process.name} did not close within a minute`);
    else if (process.clock.pending > 0)
      trace.broken('timers left', `${process.name} left ${process.clock.pending} timers behind`);
  }
  await world.end();
  await world.clock.settle();
  if (world.clock.pending > 0)
    trace.broken('timers left', `${world.clock.pending} timers are left in the world`);
}
