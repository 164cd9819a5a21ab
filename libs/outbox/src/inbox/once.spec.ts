import {
  NonRetryableError,
  type EventContext,
  type HandlerDefinition,
  type Observation,
} from '@tramline/core';
import { DeadLetters } from '@tramline/core/ops';
import type { ModelTransaction } from '@tramline/testing/outbox';
import { describe, expect, it } from 'vitest';
import { Counted, modelWorld, Other, type Payload } from '../spec/model-world.js';

type Context = EventContext<ModelTransaction>;
type World = ReturnType<typeof modelWorld>;

/** A handler that notes its runs; its effect in the database is an event that it publishes in its transaction. */
function handler(
  run: (event: Payload, context: Context) => unknown = () => undefined,
  options: Partial<HandlerDefinition> = {},
): HandlerDefinition {
  return {
    id: 'points',
    events: [Counted],
    once: true,
    retry: { inPlace: 1, delays: ['10s'] },
    run,
    ...options,
  };
}

async function consuming(world: World, definition: HandlerDefinition) {
  const process = await world.start({ handlers: [definition] });
  await world.clock.advance('1s');
  const kinds = (kind: Observation['kind']) => process.seen.filter((one) => one.kind === kind);
  return { ...process, kinds };
}

describe("a handler with 'once: true'", () => {
  it('has its effect once, however often the event comes', async () => {
    const world = modelWorld();
    const runs: number[] = [];
    const { bus, kinds } = await consuming(
      world,
      handler(({ n }) => void runs.push(n)),
    );
    await bus.events.publish(Counted, { k: 'a', n: 1 }, { id: 'one' });
    await bus.events.publish(Counted, { k: 'a', n: 1 }, { id: 'one' });
    await bus.events.publish(Counted, { k: 'a', n: 2 }, { id: 'two' });
    await world.clock.advance('1s');
    expect(runs).toEqual([1, 2]);
    expect(kinds('done')).toHaveLength(3);
    expect(kinds('known')).toMatchObject([{ handlerId: 'points', eventId: 'one', origin: { offset: 1 } }]);
  });

  it('publishes in its transaction: once in effect', async () => {
    const world = modelWorld();
    const definition = handler(async ({ k, n }, context) => {
      await bus().outbox.publish(context.tx, Other, { k, n });
    });
    const process = await consuming(world, definition);
    const bus = () => process.bus;
    for (let times = 0; times < 3; times++)
      await process.bus.events.publish(Counted, { k: 'a', n: 1 }, { id: 'one' });
    await world.clock.advance('2s');
    expect(world.log('other')).toEqual([{ k: 'a', n: 1 }]);
  });

  it('leaves nothing behind when it fails, and runs again in its retry tier', async () => {
    const world = modelWorld();
    let runs = 0;
    const definition = handler(async ({ k, n }, context) => {
      await process.bus.outbox.publish(context.tx, Other, { k, n });
      if (++runs === 1) throw new Error('not now');
    });
    const process = await consuming(world, definition);
    await process.bus.events.publish(Counted, { k: 'a', n: 1 });
    await world.clock.advance('5s');
    expect(world.log('other')).toEqual([]);
    await world.clock.advance('10s');
    expect(runs).toBe(2);
    expect(world.log('other')).toEqual([{ k: 'a', n: 1 }]);
    expect(process.kinds('done')).toMatchObject([{ attempt: 2 }]);
  });

  it('runs again after a redrive, since its dead letter was rolled back', async () => {
    const world = modelWorld();
    let broken = true;
    const definition = handler(async ({ k, n }, context) => {
      await process.bus.outbox.publish(context.tx, Other, { k, n });
      if (broken) throw new NonRetryableError('broken');
    });
    const process = await consuming(world, definition);
    await process.bus.events.publish(Counted, { k: 'a', n: 1 });
    await world.clock.advance('1s');
    expect(process.kinds('dead')).toHaveLength(1);
    broken = false;
    const letters = new DeadLetters(process.bus, 'spec');
    const redriving = letters.redrive({}, { actor: 'spec' });
    let over = false;
    void redriving.then(() => (over = true));
    await world.clock.runUntil(() => over);
    await world.clock.advance('5s');
    expect(world.log('other')).toEqual([{ k: 'a', n: 1 }]);
  });

  it('is run again in the same attempt after a deadlock', async () => {
    const world = modelWorld();
    let runs = 0;
    const { bus, kinds } = await consuming(
      world,
      handler(() => void runs++),
    );
    world.database.failNext('isOpen', { error: 'conflict' });
    world.database.failNext('commit', { error: 'conflict' }, { times: 2 });
    await bus.events.publish(Counted, { k: 'a', n: 1 });
    await world.clock.advance('3s');
    expect(runs).toBe(4);
    expect(kinds('done')).toMatchObject([{ attempt: 1 }]);
    expect(kinds('attempt-failed')).toEqual([]);
  });

  it('fails its attempt when it meets nothing but deadlocks', async () => {
    const world = modelWorld();
    let runs = 0;
    const { bus, kinds } = await consuming(
      world,
      handler(() => void runs++),
    );
    world.database.failNext('isOpen', { error: 'conflict' }, { times: 10 });
    await bus.events.publish(Counted, { k: 'a', n: 1 });
    await world.clock.advance('9s');
    expect(runs).toBe(10);
    expect(kinds('attempt-failed')).toHaveLength(1);
    await world.clock.advance('12s');
    expect(kinds('done')).toMatchObject([{ attempt: 2 }]);
  });

  it('is rolled back when its time is over, whatever it says', async () => {
    const world = modelWorld();
    const definition = handler(
      async ({ k, n }, context) => {
        await process.bus.outbox.publish(context.tx, Other, { k, n });
        if (context.attempt > 1) return;
        await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
      },
      { timeout: '2s' },
    );
    const process = await consuming(world, definition);
    await process.bus.events.publish(Counted, { k: 'a', n: 1 });
    await world.clock.advance('8s');
    expect(world.log('other')).toEqual([]);
    expect(process.kinds('attempt-failed')).toMatchObject([{ error: { code: 'TRAMLINE_ATTEMPT_TIMEOUT' } }]);
    await world.clock.advance('15s');
    expect(world.log('other')).toEqual([{ k: 'a', n: 1 }]);
  });

  it.each([
    ['commits', 1],
    ['rolls back', 2],
  ] as const)('that %s by itself fails with the fix in the message', async (how, runsInAll) => {
    const world = modelWorld();
    let runs = 0;
    const definition = handler(async (_, { tx }) => {
      runs++;
      if (runs === 1) await (how === 'commits' ? tx.commit() : tx.rollback());
    });
    const { bus, kinds } = await consuming(world, definition);
    await bus.events.publish(Counted, { k: 'a', n: 1 });
    await world.clock.advance('15s');
    const [failed] = kinds('attempt-failed');
    expect(failed).toMatchObject({ error: { code: 'TRAMLINE_TRANSACTION_ENDED' } });
    expect(runs).toBe(runsInAll);
    expect(kinds('done')).toMatchObject([{ attempt: 2 }]);
  });

  it('knows what it did under a former id', async () => {
    const world = modelWorld();
    let runs = 0;
    const count = () => void runs++;
    const first = await consuming(world, handler(count, { id: 'old' }));
    await first.bus.events.publish(Counted, { k: 'a', n: 1 }, { id: 'one' });
    await world.clock.advance('1s');
    let stopped = false;
    void first.bus.stopConsuming().then(() => (stopped = true));
    await world.clock.runUntil(() => stopped);
    const second = await consuming(world, handler(count, { id: 'new', aliases: ['old'] }));
    await second.bus.events.publish(Counted, { k: 'a', n: 1 }, { id: 'one' });
    await world.clock.advance('10s');
    expect(second.kinds('known')).toHaveLength(1);
    expect(runs).toBe(1);
  });

  it('handles an event that two processes have at once one after the other, once', async () => {
    const world = modelWorld();
    let runs = 0;
    let most = 0;
    let now = 0;
    const run = async () => {
      runs++;
      most = Math.max(most, ++now);
      await new Promise<void>((resolve) => void world.clock.setTimer(500, resolve));
      now--;
    };
    const { bus, backend } = await consuming(world, handler(run));
    const effect = {
      ...{ group: 'spec', handlerId: 'points', aliases: [], eventId: 'e1' },
      origin: { topic: 'counted', partition: 0, offset: 0, timestamp: 0 },
    };
    const zombie = backend.once(effect, new AbortController().signal, run);
    await bus.events.publish(Counted, { k: 'a', n: 1 }, { id: 'e1' });
    await world.clock.advance('3s');
    await zombie;
    expect([runs, most]).toEqual([1, 1]);
  });
});
