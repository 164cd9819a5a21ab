import type { EventContext, HandlerDefinition } from '@tramline/core';
import { openOps, type Ops } from '@tramline/core/ops';
import { memory, SeededRandom } from '@tramline/testing';
import type { ModelTransaction } from '@tramline/testing/outbox';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { provide } from '../backend/provide.js';
import { Counted, modelWorld, type Payload } from '../spec/model-world.js';

type World = ReturnType<typeof modelWorld>;

let world: World;
let runs: [n: number, replay: string | undefined][];
let ops: Ops;
let failing: boolean;

const handler: HandlerDefinition = {
  id: 'points',
  events: [Counted],
  once: true,
  retry: { inPlace: 1, delays: [] },
  run: ({ n }: Payload, { replay }: EventContext) => {
    if (failing) throw new Error('not now');
    runs.push([n, replay?.id]);
  },
};

beforeEach(async () => {
  world = modelWorld({ partitions: 1 });
  runs = [];
  failing = false;
  const { bus } = await world.start({ handlers: [handler] });
  await world.clock.advance('1s');
  for (const n of [0, 1, 2, 3]) await bus.events.publish(Counted, { k: 'a', n }, { id: `e${n}` });
  await world.clock.advance('1s');
  expect(runs.splice(0)).toHaveLength(4);
  const migrate = () => Promise.resolve({ applied: [], version: 1 });
  ops = openOps({
    transport: memory({ broker: world.broker }),
    clock: world.clock,
    random: new SeededRandom(99),
    outbox: provide<ModelTransaction>('model', () => ({ store: world.database.open(), migrate })),
  });
  onTestFinished(() => settled(ops.close()));
});

/** The outcome of `work`, with time passing meanwhile. */
async function settled<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const end = () => (over = true);
  work.then(end, end);
  await world.clock.runUntil(() => over, '10m');
  return work;
}

const wanted = { group: 'spec', handlerId: 'points', type: 'counted' };

describe("a replay to a handler with 'once: true'", () => {
  it('leaves out what the inbox knows, and says how many', async () => {
    expect(await settled(ops.events.replay(wanted))).toMatchObject({ replayed: 0, known: 4 });
    await world.clock.advance('5s');
    expect(runs).toEqual([]);
  });

  it('gives it what the inbox does not know', async () => {
    failing = true;
    const { bus } = await world.start();
    await bus.events.publish(Counted, { k: 'a', n: 4 }, { id: 'e4' });
    await world.clock.advance('5s');
    failing = false;
    expect(await settled(ops.events.replay({ ...wanted, dryRun: true }))).toMatchObject({
      replayed: 1,
      known: 4,
    });
    const { id } = await settled(ops.events.replay(wanted));
    await world.clock.advance('5s');
    expect(runs).toEqual([[4, id]]);
    expect(await settled(ops.events.replay(wanted))).toMatchObject({ replayed: 0, known: 5 });
  });

  it('has effects again when asked to, once for each replay', async () => {
    const first = await settled(ops.events.replay({ ...wanted, again: true }));
    expect(first).toMatchObject({ replayed: 4, known: null });
    await world.clock.advance('5s');
    expect(runs).toEqual([0, 1, 2, 3].map((n) => [n, first.id]));
    // What an interrupted replay repeats has its effect once.
    const resume = { id: first.id, positions: [] };
    expect(await settled(ops.events.replay({ ...wanted, again: true, resume }))).toMatchObject({
      replayed: 4,
    });
    await world.clock.advance('5s');
    expect(runs).toHaveLength(4);
    const second = await settled(ops.events.replay({ ...wanted, again: true }));
    await world.clock.advance('5s');
    expect(runs.slice(4)).toEqual([0, 1, 2, 3].map((n) => [n, second.id]));
  });

  it('has effects again also after waiting, and as a redriven letter', async () => {
    failing = true;
    const { id } = await settled(ops.events.replay({ ...wanted, again: true }));
    await world.clock.advance('5s');
    const letters = ops.dead.of('spec');
    expect(await settled(letters.count())).toBe(4);
    failing = false;
    expect(await settled(letters.redrive({}, { actor: 'ann' }))).toMatchObject({ redriven: 4 });
    await world.clock.advance('5s');
    expect(runs).toEqual([0, 1, 2, 3].map((n) => [n, id]));
  });
});

it('a reset says how many effects will not be repeated', async () => {
  const { groups, outbox } = ops;
  expect(await settled(outbox.status())).toMatchObject({ dead: 0, backlog: 0 });
  await expect(settled(groups.reset('spec', 'earliest', { dryRun: true }))).rejects.toMatchObject({
    code: 'TRAMLINE_GROUP_ACTIVE',
  });
  for (const { bus } of world.processes) await settled(bus.close());
  expect(await settled(groups.reset('spec', 'earliest', { dryRun: true }))).toMatchObject({
    repeated: 4,
    known: 4,
  });
  const one = { offset: 3 };
  expect(await settled(groups.reset('spec', one))).toMatchObject({ repeated: 1, known: 1 });
});
