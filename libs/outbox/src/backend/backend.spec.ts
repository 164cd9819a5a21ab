import { ConfigurationError, OutboxError } from '@tramline/core';
import { memory } from '@tramline/testing';
import { Tramline } from '@tramline/core';
import { ModelDatabase } from '@tramline/testing/outbox';
import { describe, expect, it } from 'vitest';
import { modelWorld } from '../spec/model-world.js';
import { provide } from './provide.js';

describe('the options of an outbox', () => {
  it('are refused all at once', () => {
    const wrong = {
      relay: { lease: '1s', speed: 3 },
      inbox: { keep: 'long' },
      tables: { prefix: 7 },
      retention: -1,
      autoCreate: 'yes',
      colour: 'red',
    };
    const open = () => provide('model', () => ({}) as never, wrong as never);
    expect(open).toThrow(ConfigurationError);
    for (const name of [
      'relay.lease',
      'speed',
      'inbox.keep',
      'tables.prefix',
      'retention',
      'autoCreate',
      'colour',
    ])
      expect(open).toThrow(name);
  });

  it.each([{ schema: '' }, { schema: 'a"b' }, { prefix: '1_' }, { prefix: 'x'.repeat(41) }])(
    'tables: %j is refused before anything is opened, as one of the faults',
    (tables) => {
      const open = () => provide('model', () => ({}) as never, { tables, retention: -1 } as never);
      expect(open).toThrow(/2 faults[\s\S]*outbox\.retention[\s\S]*outbox\.tables\.(schema|prefix)/);
    },
  );

  it('tables: names that SQL takes are accepted, and an empty prefix', () => {
    const made = () => provide('model', () => ({}) as never, { tables: { schema: 'Events', prefix: '' } });
    expect(made).not.toThrow();
  });

  it.each([null, 'false', 0])('relay: %j is refused', (relay) => {
    expect(() => provide('model', () => ({}) as never, { relay: relay as never })).toThrow('outbox.relay');
  });
});

describe('a start', () => {
  it.each(['missing', 'older', 'newer'] as const)('with tables that are %s is refused', async (schema) => {
    const store = new ModelDatabase({ schema }).open();
    const outbox = provide('model', () => ({
      store,
      migrate: () => Promise.resolve({ applied: [], version: 1 }),
    }));
    const bus = new Tramline({ service: 'spec', transport: memory(), outbox });
    await expect(bus.start()).rejects.toMatchObject({ code: 'TRAMLINE_OUTBOX_SCHEMA' });
    await expect(bus.start()).rejects.toThrow();
    await bus.close();
  });

  it('makes the tables first where it is asked to', async () => {
    let made = 0;
    const store = new ModelDatabase().open();
    const opened = { store, migrate: () => Promise.resolve({ applied: [], version: ++made }) };
    for (const autoCreate of [false, true]) {
      const bus = new Tramline({
        ...{ service: 'spec', transport: memory() },
        outbox: provide('model', () => opened, { autoCreate, relay: false }),
      });
      await bus.start();
      await bus.stopConsuming();
    }
    expect(made).toBe(1);
  });

  it('that waits for the database says what it finds in the end', async () => {
    const world = modelWorld();
    world.database.setAway(true);
    const { store, lines } = await world.start();
    const check = store.check.bind(store);
    store.check = () =>
      check().then(() => Promise.reject(new OutboxError('TRAMLINE_OUTBOX_SCHEMA', 'the tables are missing')));
    world.database.setAway(false);
    await world.clock.advance('10s');
    expect(lines).toContain('Nothing is relayed: the tables are missing');
    store.check = check;
    await world.clock.advance('10s');
    expect(lines).toContain('The database of the outbox can be used.');
  });

  it('without a relay leaves the rows to others', async () => {
    const world = modelWorld();
    const { put } = await world.start({ outboxOptions: { relay: false } });
    await put({ k: 'a', n: 1 });
    await world.clock.advance('1m');
    expect(world.log()).toEqual([]);
    await world.start();
    await world.drained();
    expect(world.order('a')).toEqual([1]);
  });

  it('keeps sent rows as long as it is asked to', async () => {
    const world = modelWorld();
    const { put } = await world.start({ outboxOptions: { retention: '1h' } });
    await put({ k: 'a', n: 1 });
    await world.drained();
    expect(world.database.rows.map(({ state }) => state)).toEqual(['sent']);
    await world.clock.advance('62m');
    expect(world.database.rows).toEqual([]);
  });
});

it('health tells how the relay stands, without asking the database', async () => {
  const world = modelWorld();
  const { bus, put } = await world.start();
  expect(bus.health().relay).toMatchObject({ status: 'stopped' });
  await put({ k: 'a', n: 1 });
  await world.drained();
  await world.clock.advance('1s');
  expect(bus.health().relay).toMatchObject({ status: 'relaying', buckets: 64, error: null });
  world.database.setAway(true);
  await world.clock.advance('10s');
  const { relay, ready } = bus.health();
  expect(relay).toMatchObject({ status: 'away' });
  expect(relay?.error?.message).toContain('away');
  expect(ready).toBe(true);
  const { bus: writer } = world.open({ outboxOptions: { relay: false } });
  expect(writer.health().relay).toBeNull();
});

describe('a stop', () => {
  it('while the database is waited for ends the wait', async () => {
    const world = modelWorld();
    world.database.setAway(true);
    const { bus } = await world.start();
    let closed = false;
    void bus.close().then(() => (closed = true));
    await world.clock.settle();
    expect([closed, world.clock.pending]).toEqual([true, 0]);
  });

  it('may come before the start, and twice, and leaves writing possible', async () => {
    const world = modelWorld();
    const { backend, put } = world.open();
    await Promise.all([backend.stop(), backend.stop()]);
    await backend.start([]);
    await put({ k: 'a', n: 1 });
    expect(world.database.rows).toHaveLength(1);
    await world.clock.settle();
    expect(world.clock.pending).toBe(0);
  });

  it.each([
    ['check', '0s'],
    ['forget', '2m'],
  ] as const)('does not wait for a database that never answers: %s', async (statement, runs) => {
    const world = modelWorld();
    world.database.failNext(statement, { error: null, stallMs: 3_600_000 });
    const { backend } = world.open();
    void backend.start([{ group: 'g', consumerGroup: 'g', topics: [], longestRetryMs: 0 }]);
    await world.clock.advance(runs);
    let stopped = false;
    void backend.stop().then(() => (stopped = true));
    await world.clock.advance('6s');
    expect(stopped).toBe(true);
    await world.clock.advance('1h');
    expect(backend.relayHealth()).toMatchObject({ status: 'stopped' });
  });

  it('lets a flight end, and settles it', async () => {
    const world = modelWorld();
    const { bus, put } = await world.start();
    await put({ k: 'a', n: 0 });
    await world.drained();
    await put({ k: 'a', n: 1 });
    const flying = () => world.log().length === 2;
    await world.clock.runUntil(flying);
    const ids = world.database.rows.map(({ state }) => state);
    expect(ids).toEqual(['pending']);
    let stopped = false;
    void bus.stopConsuming().then(() => (stopped = true));
    await world.clock.runUntil(() => stopped, '10s');
    expect(world.database.rows).toEqual([]);
  });
});
