import { defineEvent, type EventContext, type HandlerDefinition, type OutboxProvider } from '@tramline/core';
import { TestBus, type TestBusOptions } from '@tramline/testing';
import { expect, it, onTestFinished } from 'vitest';

interface Payload {
  readonly id: string;
}

const schema = {
  '~standard': { version: 1, vendor: 'spec', validate: (value: unknown) => ({ value: value as Payload }) },
} as const;
const Placed = defineEvent('order.placed', { key: (event: Payload) => event.id, schema });
const Awarded = defineEvent('points.awarded', { key: (event: Payload) => event.id, schema });

/** As production has it: reaching it fails the test. */
const unreachable: OutboxProvider = {
  name: 'production',
  open: () => {
    throw new Error('a test must not connect');
  },
};

async function started(handlers: HandlerDefinition[] = [], options?: TestBusOptions) {
  const bus = new TestBus(options);
  const tramline = bus.create({
    service: 'shop',
    contracts: [Placed, Awarded],
    handlers,
    outbox: unreachable,
  });
  await tramline.start();
  onTestFinished(() => bus.close());
  return { bus, outbox: tramline.outbox };
}

it('what is published in a transaction lands in the log', async () => {
  const { bus, outbox } = await started();
  await outbox.publish({ mine: true }, Placed, { id: 'a' });
  await outbox.publishAll({ mine: true }, [[Placed, { id: 'b' }]]);
  await bus.idle();
  expect(bus.published(Placed).map(({ event }) => event.id)).toEqual(['a', 'b']);
  expect(await outbox.status()).toMatchObject({ backlog: 0 });
});

it('nothing of a transaction that the outbox opened and that failed', async () => {
  const { bus, outbox } = await started();
  const failing = bus.transaction(async (tx) => {
    await outbox.publish(tx, Placed, { id: 'a' });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await outbox.transaction((tx) => outbox.publish(tx, Placed, { id: 'b' }));
  await bus.idle();
  expect(bus.published(Placed).map(({ event }) => event.id)).toEqual(['b']);
});

it('without a transaction it is refused, as it is in production', async () => {
  const { outbox } = await started();
  await expect(outbox.publish(undefined, Placed, { id: 'a' })).rejects.toMatchObject({
    code: 'TRAMLINE_NO_TRANSACTION',
  });
});

it('delayed events come when they are due', async () => {
  const { bus, outbox } = await started();
  await outbox.publish({}, Placed, { id: 'a' }, { delay: '1h' });
  await bus.advance('59m');
  expect(bus.published(Placed)).toEqual([]);
  expect(await outbox.status()).toMatchObject({ scheduled: 1 });
  await bus.advance('1m');
  expect(bus.published(Placed)).toHaveLength(1);
});

it('waits for a broker that is away, without holding the transaction', async () => {
  const { bus, outbox } = await started();
  bus.broker.setAway(true);
  await outbox.publish({}, Placed, { id: 'a' });
  await bus.advance('1m');
  bus.broker.setAway(false);
  await bus.advance('10s');
  expect(bus.published(Placed)).toHaveLength(1);
});

it('a handler with once gets the transaction of the test, and an event that comes again changes nothing', async () => {
  const rows: string[] = [];
  const tx = { insert: (row: string) => void rows.push(row) };
  const award: HandlerDefinition = {
    ...{ id: 'award', events: [Placed], once: true },
    run: ({ id }: Payload, context: EventContext<typeof tx>) => {
      context.tx.insert(id);
      return given.outbox.publish(context.tx, Awarded, { id });
    },
  };
  const given = await started([award], { tx: () => tx });
  given.bus.duplicate(Placed);
  await given.bus.publish(Placed, { id: 'a' });
  await given.bus.idle();
  expect(rows).toEqual(['a']);
  expect(given.bus.handled('award')).toHaveLength(1);
  expect(given.bus.published(Awarded)).toHaveLength(1);
});

it('what a handler with once published in an attempt that failed is not there', async () => {
  let runs = 0;
  const award: HandlerDefinition = {
    ...{ id: 'award', events: [Placed], once: true, retry: { inPlace: 1, delays: ['10s'] } },
    run: async ({ id }: Payload, context: EventContext) => {
      await given.outbox.publish(context.tx, Awarded, { id });
      if (++runs === 1) throw new Error('not now');
    },
  };
  const given = await started([award]);
  await given.bus.publish(Placed, { id: 'a' });
  await given.bus.idle();
  expect(given.bus.published(Awarded)).toEqual([]);
  await given.bus.advance('11s');
  expect(given.bus.published(Awarded)).toHaveLength(1);
});

it('says how to give a transaction that can do more', async () => {
  const award: HandlerDefinition = {
    ...{ id: 'award', events: [Placed], once: true, retry: { inPlace: 1, delays: [] } },
    run: (_: Payload, context: EventContext<{ insert(): void }>) => context.tx.insert(),
  };
  const { bus } = await started([award]);
  await bus.publish(Placed, { id: 'a' });
  await bus.idle();
  expect(bus.deadLetters()[0]?.error.message).toContain("has no 'insert'. Give one that has: { tx:");
});
