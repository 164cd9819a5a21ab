import { memory } from '@tramline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StalledError, Tramline, TransportError, type TramlineOptions } from '@tramline/core';
import { AilingTransport } from '../../spec-support/ailing-transport.js';
import { Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
let transport: AilingTransport;
beforeEach(() => {
  rig = new Rig();
  transport = new AilingTransport(memory({ broker: rig.broker }));
});
afterEach(() => rig.close());

const publish = (bus: Tramline, n = 0) => bus.events.publish(Placed, { userId: 'u', n });
const statuses = () => rig.seen('consumer-status').map(({ status }) => status);
const stalls = () => rig.lines.filter((line) => line.includes('has not moved'));
const group = (bus: Tramline) => bus.health().groups[0]!;

function started(handlers = [rig.handler('a')], options: Partial<TramlineOptions> = {}) {
  return rig.started(handlers, { transport, ...options });
}

describe('a consumer that is brought nothing, though events wait', () => {
  it('is seen within 30 s by health, an observation and one line, and is replaced', async () => {
    const bus = await started();
    await rig.clock.advance('1m');
    expect(group(bus)).toMatchObject({ status: 'joined', lag: 0 });
    transport.deafUpTo = 1;
    await publish(bus);
    const since = rig.clock.now();
    await rig.clock.runUntil(() => group(bus).lag === 1, '10s');
    expect(group(bus).status).toBe('joined');
    await rig.clock.runUntil(() => bus.health().stalled, '1m');
    expect(rig.clock.now() - since).toBeLessThanOrEqual(30_000);
    expect(rig.clock.now() - since).toBeGreaterThan(15_000);
    const health = bus.health();
    expect(health).toMatchObject({ ready: true, live: true });
    expect(health.problems).toEqual([expect.stringMatching(/order\.placed\/\d.* none is brought/)]);
    expect(health.groups[0]).toMatchObject({ status: 'stalled', lastErrorAt: rig.clock.now() });
    expect(health.groups[0]!.lastError).toMatchObject({ code: 'TRAMLINE_STALLED', reason: 'unfed' });
    expect(rig.seen('consumer-status').at(-1)).toMatchObject({
      status: 'stalled',
      error: health.groups[0]!.lastError,
    });

    await rig.clock.runUntil(() => rig.runs.length === 1, '10s');
    expect(transport.joins).toBe(2);
    await rig.clock.advance('30s');
    expect(group(bus)).toMatchObject({ status: 'joined', lag: 0 });
    expect(bus.health()).toMatchObject({ stalled: false, problems: [] });
    expect(stalls()).toHaveLength(1);
    expect(rig.lines).toContain("info Group 'shop' moves again.");
    expect(statuses()).toEqual(['joined', 'stalled', 'joined']);
  });

  it('is replaced ever more rarely while that does not help, without another line', async () => {
    const bus = await started();
    transport.deafUpTo = Infinity;
    await publish(bus);
    await rig.clock.advance('30m');
    expect(group(bus).status).toBe('stalled');
    // After 30 s, 1 min, 2 min …
    expect(transport.joins).toBeGreaterThan(4);
    expect(transport.joins).toBeLessThan(9);
    expect(stalls()).toHaveLength(1);
    // The broker is there and answers: a restart would find what the replacements found.
    expect(bus.health()).toMatchObject({ live: true, ready: true });
    transport.deafUpTo = 0;
    await rig.clock.runUntil(() => rig.runs.length === 1 && group(bus).status === 'joined', '40m');
  });

  it('is seen sooner or later as consumer.stalledAfter says', async () => {
    const bus = await started(undefined, { consumer: { stalledAfter: '6s' } });
    transport.deafUpTo = 1;
    await publish(bus);
    const since = rig.clock.now();
    await rig.clock.runUntil(() => bus.health().stalled, '1m');
    expect(rig.clock.now() - since).toBeLessThanOrEqual(6_000);
  });
});

describe('a transport that hears nothing and says nothing', () => {
  it('is replaced, and when that does not help only a restart does', async () => {
    const bus = await started();
    transport.deadUpTo = 1;
    const since = rig.clock.monotonic();
    await rig.clock.runUntil(() => bus.health().stalled, '1m');
    expect(rig.clock.monotonic() - since).toBeLessThanOrEqual(40_000);
    expect(group(bus)).toMatchObject({ lastError: { reason: 'silent' }, needsRestart: false });
    await rig.clock.runUntil(() => group(bus).status === 'joined', '1m');
    expect(transport.joins).toBe(2);

    transport.deadUpTo = Infinity;
    await rig.clock.runUntil(() => !bus.health().live, '2m');
    expect(bus.health()).toMatchObject({ live: false, stalled: true });
    expect(group(bus).needsRestart).toBe(true);
    transport.deadUpTo = 0;
    await rig.clock.runUntil(() => bus.health().live && group(bus).status === 'joined', '10m');
  });
});

describe('what is not stalled', () => {
  it('an attempt that takes long, with a full window behind it', async () => {
    const bus = await started(
      [rig.handler('a', () => new Promise(() => {}), { timeout: '10m', concurrency: 1 })],
      { consumer: { window: 2 } },
    );
    for (let n = 0; n < 10; n++) await publish(bus, n);
    await rig.clock.advance('9m');
    expect(group(bus)).toMatchObject({ status: 'joined', lag: 10 });
    expect(group(bus).handlers).toMatchObject([{ id: 'a', running: 1, attempts: 1 }]);
    expect(group(bus).handlers[0]!.oldestMs).toBeGreaterThan(500_000);
    expect(group(bus).assigned.find(({ open }) => open > 0)).toMatchObject({ open: 3, paused: 'window' });
    expect(transport.joins).toBe(1);
  });

  it('an event that waits in a retry tier', async () => {
    const error = new Error('not yet');
    const bus = await started([
      rig.handler(
        'a',
        (_, { attempt }) => {
          if (attempt === 1) throw error;
        },
        { retry: { inPlace: 1, delays: ['10m'] } },
      ),
    ]);
    await publish(bus);
    await rig.clock.advance('5m');
    expect(group(bus)).toMatchObject({ status: 'joined', lag: 1 });
    expect(group(bus).handlers).toMatchObject([{ id: 'a', running: 0, lastError: error }]);
    await rig.clock.runUntil(() => rig.runs.length === 2, '10m');
    expect(statuses()).toEqual(['joined']);
  });

  it('a batch that is being gathered', async () => {
    const bus = await started([rig.handler('a', () => {}, { batch: { size: 10, wait: '5m' } })]);
    await publish(bus);
    await rig.clock.advance('6m');
    expect(statuses()).toEqual(['joined']);
    expect(rig.runs).toHaveLength(1);
  });

  it('a group whose broker is away: that is told already', async () => {
    const bus = await started();
    await publish(bus);
    rig.broker.setAway(true);
    await rig.clock.advance('5m');
    expect(group(bus).status).toBe('away');
    expect(bus.health()).toMatchObject({ ready: false, live: true, stalled: false });
    expect(bus.health().problems).toEqual([
      expect.stringContaining("Group 'shop' is away: The memory broker is away"),
    ]);
    rig.broker.setAway(false);
    await rig.clock.runUntil(() => bus.health().ready, '1m');
    // What it was stays to be read.
    expect(group(bus).lastError).toBeInstanceOf(TransportError);
    expect(stalls()).toEqual([]);
  });

  it('a group whose wall clock jumps by an hour', async () => {
    const bus = await started();
    await publish(bus);
    await rig.clock.runUntil(() => rig.runs.length === 1);
    rig.clock.jump(3_600_000);
    await rig.clock.advance('1m');
    expect(statuses()).toEqual(['joined']);
    expect(bus.health().stalled).toBe(false);
  });
});

it('failed events that cannot be put aside are a stall, which no new membership mends', async () => {
  const bus = await started([
    rig.handler(
      'a',
      () => {
        throw new Error('no');
      },
      { retry: { inPlace: 1, delays: [] } },
    ),
  ]);
  const refused = new TransportError('TRAMLINE_REFUSED', 'No right to write to shop.dead.');
  rig.broker.failNext(
    'append',
    { error: refused },
    { times: Infinity, where: ({ topic }) => topic === 'shop.dead' },
  );
  await publish(bus);
  const since = rig.clock.monotonic();
  await rig.clock.runUntil(() => bus.health().stalled, '1m');
  expect(rig.clock.monotonic() - since).toBeLessThanOrEqual(31_000);
  const error = group(bus).lastError;
  expect(error).toBeInstanceOf(StalledError);
  expect(error).toMatchObject({
    reason: 'unwritten',
    cause: { message: expect.stringContaining('No right') },
  });
  await rig.clock.advance('5m');
  expect(transport.joins).toBe(1);
  rig.broker.clearFaults();
  await rig.clock.runUntil(() => group(bus).status === 'joined', '2m');
  expect(rig.dead()).toHaveLength(1);
});

it('broadcast handlers have a consumer of their own, which is watched too', async () => {
  const bus = await started([rig.handler('a', () => {}, { delivery: 'broadcast' })]);
  transport.deafUpTo = 1;
  await publish(bus);
  await rig.clock.runUntil(() => bus.health().stalled, '1m');
  expect(group(bus)).toMatchObject({ broadcast: true, status: 'stalled', lastError: { reason: 'unfed' } });
});

it('nothing is asked and nothing waits once the bus is closed', async () => {
  const bus = await started();
  await rig.clock.advance('1m');
  await rig.close();
  expect(bus.health()).toMatchObject({ ready: false, live: false, problems: ['The bus is closed.'] });
  expect(rig.clock.pending).toBe(0);
});
