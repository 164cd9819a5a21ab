import { TransportError, Naming } from '@tramline/core';
import { DeadLetters } from '@tramline/core/ops';
import { Dice } from '../scenario/dice.ts';
import { CONTRACTS, EVENT_TOPICS } from '../scenario/scenario.ts';
import type { Applied, Step, TopicKind } from '../scenario/steps.ts';
import { writeOffsetMap } from '../oracle/offset-map.ts';
import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

const naming = new Naming();

/** Does what a step says. What it does to whom depends on who is there; a step that finds nobody does nothing. */
export function takeStep(world: World, step: Step): void {
  const { broker, clock, members, groups } = world;
  const chosen = 'who' in step ? members[step.who % Math.max(1, members.length)] : undefined;
  const group = 'who' in step ? groups[step.who % Math.max(1, groups.length)] : undefined;
  switch (step.kind) {
    case 'publish':
      return publish(world, step.who, step.events, new Dice(step.dice));
    case 'foreign':
      return foreign(world, step.what, new Dice(step.dice));
    case 'start':
      return start(world, step.who);
    case 'stop':
      return chosen?.close();
    case 'crash':
      return chosen && crash(world, chosen, step.restart);
    case 'pause':
      chosen?.freeze();
      return void clock.setTimer(step.for, () => chosen?.isAlive && chosen.clock.frozen && chosen.thaw());
    case 'cut':
      chosen?.cut(true);
      return void clock.setTimer(step.for, () => chosen?.isAlive && chosen.cut(false));
    case 'outage':
      for (const process of world.processes) process.troubles++;
      broker.setAway(true);
      return void clock.setTimer(step.for, () => broker.setAway(false));
    case 'expire':
      for (const process of world.processes) process.troubles++;
      return group === undefined ? undefined : broker.expireSessions(group);
    case 'deploy':
      return deploy(world, step.who, step.version, step.rough);
    case 'canary':
      return canary(world, step.who, step.version, step.for, step.rough);
    case 'grow':
      return grow(world, step.who);
    case 'jump':
      world.oracle.journal.jumps++;
      return clock.jump(step.by);
    case 'fail-append':
      return failAppends(world, step);
    case 'too-large':
      return broker.failNext(
        'append',
        { error: new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'The broker takes no record as large.') },
        { times: step.times, where: ({ topic }) => kindOf(topic) === step.topic },
      );
    case 'fail-commit':
      return broker.failNext('commit', faultOf(step.applied, step.late), { times: step.times });
    case 'fail-metadata':
      return broker.failNext(
        'commit',
        { error: new TransportError('TRAMLINE_METADATA_TOO_LARGE', 'The broker takes less metadata.') },
        { times: step.times },
      );
    case 'fail-fetch':
      return broker.failNext('fetch', {}, { times: step.times });
    case 'fail-ask':
      return broker.failNext(step.what, {}, { times: step.times });
    case 'double-append':
      return doubleAppend(world, step.topic, step.times);
    case 'double-delivery':
      return chosen?.deliverTwice(step.times);
    case 'redrive':
      return void (group !== undefined && redrive(world, group, step.crash));
    case 'discard':
      return void (group !== undefined && discard(world, group));
    case 'foreign-commit':
      return group === undefined ? undefined : foreignCommit(world, group, step.what, new Dice(step.dice));
  }
}

function publish(world: World, who: number, events: number, dice: Dice): void {
  const candidates = [...world.members, world.publisher];
  const process = candidates[who % candidates.length]!;
  for (let left = events; left > 0; left--) {
    const k = `k${dice.int(1, world.scenario.keys)}`;
    process.publish(dice.int(0, CONTRACTS.length - 1), { k, n: world.nextEvent() });
  }
}

function foreign(world: World, what: string, dice: Dice): void {
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

function start(world: World, who: number): void {
  const { services } = world.scenario;
  const service = services[who % services.length]!;
  // More processes would only make the run slower.
  if (world.members.filter((process) => process.service === service).length < 4) world.start(service);
}

function crash(world: World, process: SimProcess, restart: number | undefined): void {
  process.crash();
  if (restart === undefined) return;
  world.clock.setTimer(restart, () => {
    if (!world.closing) world.start(process.service!);
  });
}

/** Replaces the processes of a service one by one: each is stopped, or (rough) killed, and a new one started. */
function deploy(world: World, who: number, number: number, rough: boolean): void {
  const { services } = world.scenario;
  const service = services[who % services.length]!;
  const version = service.versions[number % service.versions.length]!;
  world.current.set(service, version);
  const old = world.members.filter((process) => process.service === service);
  old.forEach((process, index) => {
    world.clock.setTimer(index * 700, () => {
      if (world.closing || process.state !== 'running' || process.version === world.current.get(service))
        return;
      if (rough) process.crash();
      else process.close();
      world.start(service);
    });
  });
}

/** Tries a version in one process beside the others, and takes it back. */
function canary(world: World, who: number, number: number, lifetime: number, rough: boolean): void {
  const { services } = world.scenario;
  const service = services[who % services.length]!;
  const others = service.versions.filter((version) => version !== world.current.get(service));
  if (others.length === 0) return;
  const process = world.start(service, others[number % others.length]);
  world.clock.setTimer(lifetime, () => {
    if (world.mended) return;
    if (rough) process.crash();
    else process.close();
  });
}

function grow(world: World, who: number): void {
  const growing = world.broker.topics.filter((topic) =>
    ['event', 'tier', 'now', 'dead'].includes(kindOf(topic) ?? ''),
  );
  const topic = growing[who % Math.max(1, growing.length)];
  if (topic !== undefined) world.broker.grow(topic, Math.min(6, world.broker.ends(topic).length + 1));
}

/** Of many failures in a row only the first two leave something: more copies would only make a run longer. */
function failAppends(
  { broker }: World,
  { topic, times, applied, late }: Extract<Step, { kind: 'fail-append' }>,
): void {
  const where = (call: { readonly topic?: string }) => kindOf(call.topic) === topic;
  const leaving = applied === 'never' ? 0 : Math.min(2, times);
  if (leaving > 0) broker.failNext('append', faultOf(applied, late), { times: leaving, where });
  if (times > leaving) broker.failNext('append', {}, { times: times - leaving, where });
}

function doubleAppend(world: World, kind: TopicKind, times: number): void {
  const { journal } = world.oracle;
  // Which one it will be is not known; all of the kind are excused.
  for (const topic of world.broker.topics) if (kindOf(topic) === kind) journal.doubled.add(topic);
  world.broker.duplicateNext({
    times,
    where: ({ topic }) => kindOf(topic) === kind && journal.doubled.has(topic ?? ''),
  });
}

async function redrive(world: World, group: string, crashAfter: number | undefined): Promise<void> {
  const { redrives, trace } = world.oracle;
  const tool = world.tool();
  redrives.begins(group);
  if (crashAfter !== undefined) {
    world.clock.setTimer(crashAfter, () => {
      if (tool.state !== 'running') return;
      tool.crash();
      redrives.ends(group, true);
    });
  }
  let interrupted = false;
  try {
    const { redriven, repeated } = await new DeadLetters(tool.bus, group).redrive(
      {},
      { actor: 'simulation', rate: 1_000, maxRedrives: 2 },
    );
    trace.add(`redrove ${redriven} letters of ${group}, ${repeated} of them again`);
  } catch (error) {
    trace.add(`redrive of ${group} failed: ${(error as Error).message}`);
    interrupted = true;
  }
  redrives.ends(group, interrupted);
  tool.close();
}

async function discard(world: World, group: string): Promise<void> {
  const tool = world.tool();
  try {
    await new DeadLetters(tool.bus, group).discard({}, { actor: 'simulation', reason: 'drawn' });
  } catch (error) {
    world.oracle.trace.add(`discard of ${group} failed: ${(error as Error).message}`);
  }
  tool.close();
}

/** Another client commits where the group stands, with metadata of its own. */
function foreignCommit(world: World, group: string, what: 'noise' | 'beyond-end', dice: Dice): void {
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

function faultOf(applied: Applied, late: number) {
  return { applied: applied === 'late' ? { afterMs: late } : applied };
}

function kindOf(topic: string | undefined): TopicKind | undefined {
  return topic === undefined ? undefined : (naming.groupTopic(topic)?.kind ?? 'event');
}
