import { Dice, mix } from '../../scenario/dice.ts';
import { checkProgress } from '../oracle/progress.ts';
import { CONTRACTS, TOPICS } from '../scenario/scenario.ts';
import { fails, refusal } from './take-step.ts';
import type { World } from './world.ts';
import { write } from './writing.ts';

/** Longer than any hold. */
const PATIENCE_MS = 1_800_000;
const SICK_MS = 90_000;

/**
 * The end of a run: everything is mended, and then all that was committed must appear; events written now must go straight
 * through, also past a topic that goes on refusing; and at last every process closes and leaves nothing behind.
 */
export async function finish(world: World): Promise<void> {
  heal(world);
  if (world.scenario.sickTopic) await passSickTopic(world);
  await quiet(world, 'the schedule');
  probe(world);
  await quiet(world, 'new events');
  const { trace } = world.oracle;
  if (trace.violations.length > 0) return;
  const [lost, ...others] = world.oracle.missing();
  if (lost !== undefined) return trace.broken('lost', `${lost} and ${others.length} others are nowhere`);
  await closeAll(world);
}

function heal(world: World): void {
  const { scenario, oracle } = world;
  oracle.trace.add('everything is mended');
  world.mend();
  if (scenario.restartAtEnd) for (const process of world.running) process.close();
  while (world.running.length < scenario.processes) world.start();
}

/** One topic refuses everything: the others must not feel it. */
async function passSickTopic(world: World): Promise<void> {
  const [sick, ...others] = TOPICS;
  const { scenario, oracle } = world;
  oracle.trace.add(`${sick} refuses for ${SICK_MS} ms`);
  fails(world, sick!, SICK_MS, refusal());
  const dice = new Dice(mix(scenario.seed, 'sick topic'));
  const contractOf = (topic: string) => CONTRACTS.findIndex((contract) => contract.topic === topic);
  const writing = (topic: string, events: number) => {
    const [process] = world.running;
    if (process)
      void write(world, process, { events, open: 0, dice, contract: contractOf(topic), plain: true });
  };
  for (let round = 0; round < 3; round++) {
    writing(sick!, 6);
    await pass(world, 1_000);
    for (const topic of others) writing(topic, 2);
    await pass(world, SICK_MS / 3);
  }
}

async function pass(world: World, ms: number): Promise<void> {
  for (let left = ms; left > 0 && world.oracle.trace.violations.length === 0; left -= 2_000) {
    await world.clock.advance(Math.min(left, 2_000));
    checkProgress(world);
  }
}

/** Lets time pass until nothing is open any more. */
async function quiet(world: World, after: string): Promise<void> {
  const { clock, oracle } = world;
  const deadline = clock.monotonic() + PATIENCE_MS;
  while (oracle.trace.violations.length === 0) {
    const open = openNow(world);
    if (open.length === 0) return;
    if (clock.monotonic() > deadline)
      return oracle.trace.broken('left open', `after ${after}: ${open.slice(0, 6).join('; ')}`);
    await pass(world, 1_000);
  }
}

function openNow({ database, processes }: World): string[] {
  const writing = processes.filter(({ isAlive, writing }) => isAlive && writing > 0);
  const closing = processes.filter(({ state }) => state === 'closing');
  return [
    ...database.rows.filter(({ state }) => state === 'pending').map(({ id, rowId }) => `${id}, row ${rowId}`),
    ...database.scheduled.map((id) => `${id} is scheduled`),
    ...writing.map(({ name }) => `${name} has transactions under way`),
    ...closing.map(({ name }) => `${name} is closing`),
  ];
}

function probe(world: World): void {
  const dice = new Dice(mix(world.scenario.seed, 'probe'));
  for (const process of world.running) {
    for (const contract of CONTRACTS.keys())
      void write(world, process, { events: 2, open: 0, dice, contract, plain: true });
  }
}

async function closeAll(world: World): Promise<void> {
  const { trace } = world.oracle;
  const closing = world.running;
  for (const process of closing) process.close();
  await world.clock.advance('1m');
  for (const { state, name } of closing)
    if (state !== 'closed') trace.broken('close', `${name} did not close within a minute`);
}
