import { TransportError } from '@tramline/core';
import { Dice } from '../../scenario/dice.ts';
import { CONTRACTS, TOPICS } from '../scenario/scenario.ts';
import type { Applied, Step } from '../scenario/steps.ts';
import type { SimService } from './sim-service.ts';
import type { World } from './world.ts';
import { write } from './writing.ts';

/** Does what a step says. What it does to whom depends on who is there; a step that finds nobody does nothing. */
export async function takeStep(world: World, step: Step): Promise<void> {
  const { broker, database, clock, running } = world;
  const chosen = 'who' in step ? running[step.who % Math.max(1, running.length)] : undefined;
  const topic = 'topic' in step ? TOPICS[step.topic % TOPICS.length]! : '';
  switch (step.kind) {
    case 'write':
      return void (chosen && write(world, chosen, { ...step, dice: new Dice(step.dice) }));
    case 'rush':
      for (let index = 0; index < step.writers; index++) {
        const writer = running[(step.who + index) % Math.max(1, running.length)];
        if (writer) void write(world, writer, { events: 2, open: 0, dice: new Dice(step.dice + index) });
      }
      return;
    case 'unrelated':
      return void (chosen && openUnrelated(world, step.who, step.for));
    case 'start':
      return void (running.length < 4 && world.start());
    case 'stop':
      return chosen?.close();
    case 'crash':
      if (!chosen) return;
      chosen.crash(step.openFor);
      if (step.restart !== undefined) clock.setTimer(step.restart, () => !world.mended && world.start());
      return;
    case 'pause':
      return chosen && pause(world, chosen, step);
    case 'cut-database':
    case 'cut-broker': {
      const from = step.kind === 'cut-database' ? 'database' : 'broker';
      chosen?.cut(from, true);
      return world.lasting(step.for, () => chosen?.cut(from, false));
    }
    case 'database-away':
      database.setAway(true);
      return world.lasting(step.for, () => database.setAway(false));
    case 'broker-away':
      broker.setAway(true);
      return world.lasting(step.for, () => broker.setAway(false));
    case 'fail-statement':
      return database.failNext(
        step.statement,
        { applied: appliedOf(step.applied, step.late) },
        { times: step.times, where: () => hit(world, step.applied === 'late' ? step.late : 0) },
      );
    case 'conflict':
      return database.failNext(
        step.statement,
        { error: 'conflict' },
        { times: step.times, where: () => hit(world, 0) },
      );
    case 'slow-statement':
      return database.failNext(
        step.statement,
        { error: null, stallMs: step.stall, answerMs: step.answer },
        { times: step.times, where: () => hit(world, step.stall + step.answer) },
      );
    case 'fail-append':
      return broker.failNext(
        'append',
        { applied: appliedOf(step.applied, step.late) },
        { times: step.times, where: (call) => call.topic === topic },
      );
    case 'refuse':
      return chosen && refuse(world, chosen, topic, step);
    case 'topic-missing': {
      const error = new TransportError('TRAMLINE_UNKNOWN_TOPIC', 'The topic does not exist just now.');
      return fails(world, topic, step.for, error);
    }
    case 'partition-away': {
      const error = new TransportError('TRAMLINE_AWAY', 'The partition has no leader just now.');
      return fails(world, topic, step.for, error, 0);
    }
    case 'topic-slow':
      return chosen && slowDown(world, chosen, topic, step);
    case 'jump':
      return clock.jump(step.by);
    case 'revive':
      return void (chosen && revive(world, chosen.store));
    case 'wait':
      await clock.advance(step.for);
  }
}

/** Appends to a topic, or to one of its partitions, fail for a while. */
export function fails(
  world: World,
  topic: string,
  ms: number,
  error: TransportError,
  partition?: number,
): void {
  let over = false;
  const where = (call: { readonly topic?: string; readonly partition?: number }) =>
    !over && call.topic === topic && (partition === undefined || call.partition === partition);
  world.broker.failNext('append', { error }, { times: Infinity, where });
  world.lasting(ms, () => (over = true), topic);
}

/**
 * A topic takes long, but takes what it gets. Its rows fill small pages, so that what lies behind them is read while they wait:
 * where a transaction was open, a page comes late, or a flight of the other topic fails, something may pass that must not.
 */
function slowDown(
  world: World,
  process: SimService,
  topic: string,
  step: Extract<Step, { kind: 'topic-slow' }>,
): void {
  const { broker, database, clock } = world;
  const dice = new Dice(step.dice);
  const other = TOPICS.find((found) => found !== topic)!;
  const slow = new Map([
    [topic, step.takes],
    [other, dice.pick([0, 0, 0, 600])],
  ]);
  world.slow.add(slow);
  world.lasting(step.for, () => world.slow.delete(slow), topic);
  const at = (ms: number, act: () => void) =>
    clock.setTimer(ms, () => !world.mended && process.isAlive && act());
  const put = (ms: number, into: string, events: number, open = 0) => {
    const contract = CONTRACTS.findIndex((found) => found.topic === into);
    const writing = { events, open, dice: new Dice(dice.int(0, 1e9)), contract, plain: true };
    at(ms, () => void write(world, process, writing));
  };
  for (let left = dice.int(0, 2); left > 0; left--) put(dice.int(0, 2_000), other, 1, dice.int(1_000, 3_000));
  for (let left = dice.int(2, 5); left > 0; left--) put(dice.int(0, 900), topic, 4);
  for (let left = dice.int(4, 12); left > 0; left--) put(dice.int(0, 6_000), other, dice.int(1, 3));
  const answerMs = dice.pick([0, 40, 300]);
  const slowPages = { error: null, answerMs };
  const where = () => hit(world, answerMs);
  if (answerMs > 0) at(1_000, () => database.failNext('pending', slowPages, { times: 30, where }));
  const error = new TransportError('TRAMLINE_UNKNOWN_TOPIC', 'The topic was deleted, and is there again.');
  const fail = () => broker.failNext('append', { error }, { where: (call) => call.topic === other });
  if (dice.chance(0.8)) at(dice.int(300, 2_500), fail);
}

/** A process stands still, perhaps in the middle of a flight. */
function pause(
  world: World,
  process: SimService,
  { for: ms, lead, dice }: Extract<Step, { kind: 'pause' }>,
): void {
  const freeze = () => {
    process.freeze();
    world.lasting(ms, () => process.thaw());
  };
  if (lead === undefined) return freeze();
  void write(world, process, { events: 5, open: 0, dice: new Dice(dice), plain: true });
  world.clock.setTimer(lead, () => !world.mended && process.isAlive && freeze());
}

/** How long a broker may take to refuse, and when a slow page is asked for: behind later events, while the first one flies. */
const REFUSAL_MS = 600;
const PAGE_AFTER_MS = 470;

/** The broker refuses some appends; who puts the rows on hold hears late that it did. */
function refuse(
  world: World,
  process: SimService,
  topic: string,
  { times, answer, lift, dice }: Extract<Step, { kind: 'refuse' }>,
): void {
  const { broker, database, clock } = world;
  broker.failNext('append', { error: refusal() }, { times, where: (call) => call.topic === topic });
  if (answer > 0)
    database.failNext('hold', { error: null, answerMs: answer }, { times, where: () => hit(world, answer) });
  if (lift !== undefined)
    database.failNext('lift', { applied: { afterMs: lift } }, { where: () => hit(world, lift) });
  // A page may be under way when the refusal comes: what it shows must not pass what was refused.
  const page = new Dice(dice).pick([0, 250, 600]);
  world.refusalMs = page > 0 ? REFUSAL_MS : 0;
  const where = () => hit(world, page);
  const readSlowly = () => {
    if (!world.mended) database.failNext('pending', { error: null, answerMs: page }, { where });
  };
  if (page > 0) clock.setTimer(PAGE_AFTER_MS, readSlowly);
  // Both topics are written, so that one lane goes on while the other fails.
  const contracts = TOPICS.map((name) => CONTRACTS.findIndex((found) => found.topic === name));
  for (const [index, ms] of [0, 250, 450, 700, 1_100].entries()) {
    for (const contract of index % 2 === 0 ? contracts : contracts.slice(-1)) {
      const writing = { events: 1, open: 0, dice: new Dice(dice + ms), contract, plain: true };
      clock.setTimer(ms, () => process.isAlive && void write(world, process, writing));
    }
  }
}

export function refusal(): TransportError {
  return new TransportError('TRAMLINE_REFUSED', 'The broker says no.');
}

function appliedOf(applied: Applied, late: number) {
  return applied === 'late' ? { afterMs: late } : applied;
}

/** A fault meets its statement: trouble until it is over, which nobody can mend. */
function hit({ troubles, clock }: World, forMs: number): boolean {
  const over = troubles.begin();
  if (forMs === 0) over();
  else clock.setTimer(forMs, over);
  return true;
}

/** A transaction that has nothing to do with the outbox, and takes long. */
async function openUnrelated(world: World, who: number, ms: number): Promise<void> {
  const store = world.database.open(`unrelated-${who}`);
  try {
    const tx = await store.begin();
    await new Promise<void>((resolve) => void world.clock.setTimer(ms, resolve));
    await tx.commit();
  } catch (error) {
    world.oracle.trace.add(`an unrelated transaction failed: ${(error as Error).message}`);
  }
}

async function revive(
  world: World,
  store: { revive(ids: readonly number[]): Promise<number> },
): Promise<void> {
  const dead = world.database.rows.filter(({ state }) => state === 'dead').map(({ rowId }) => rowId);
  await store.revive(dead).catch(() => undefined);
}
