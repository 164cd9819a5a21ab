import { Observations, OutboxError, silentLog } from '@tramline/core';
import type { OutboxStatus } from '@tramline/core/outbox';
import { VirtualClock } from '@tramline/testing';
import { describe, expect, it } from 'vitest';
import { modelWorld } from '../spec/model-world.js';
import { problemsOf } from './outbox-problems.js';
import { OutboxWatch } from './outbox-watch.js';

const EMPTY: OutboxStatus = {
  ...{ backlog: 0, oldestMs: null, scheduled: 0, held: 0, dead: 0 },
  ...{ relays: [{ owner: 'one', buckets: 64 }], blocker: null },
};

describe('health', () => {
  it('tells backlog and age, and becomes late when events wait for more than a minute, and no more when they went', async () => {
    const world = modelWorld();
    const { bus, put, lines, seen } = await world.start();
    await world.clock.advance('11s');
    expect(bus.health().outbox).toMatchObject({ late: false, problems: [], status: { backlog: 0 } });
    world.broker.setAway(true);
    for (let n = 0; n < 3; n++) await put({ k: 'a', n });
    await world.clock.advance('30s');
    expect(bus.health().outbox).toMatchObject({ late: false, status: { backlog: 3 } });
    await world.clock.advance('50s');
    const { outbox, problems, ready, live } = bus.health();
    expect(outbox).toMatchObject({ late: true, status: { backlog: 3, relays: [{ buckets: 64 }] } });
    expect(outbox!.agoMs).toBeLessThanOrEqual(10_000);
    expect(problems).toContainEqual(
      expect.stringMatching(/^3 events wait in the outbox, the oldest for 7\ds/),
    );
    expect([ready, live]).toEqual([true, true]);
    world.broker.setAway(false);
    await world.drained();
    await world.clock.advance('11s');
    expect(bus.health().outbox).toMatchObject({ late: false, problems: [], status: { backlog: 0 } });
    expect(lines.filter((line) => line.includes('events wait in the outbox'))).toHaveLength(1);
    expect(lines).toContain('The outbox is no longer late.');
    expect(seen).toContainEqual(expect.objectContaining({ kind: 'outbox-status', backlog: 3, dead: 0 }));
  });

  it('of a process that only writes tells that nobody relays', async () => {
    const world = modelWorld();
    const { bus, put } = await world.start({ outboxOptions: { relay: false } });
    await put({ k: 'a', n: 1 });
    await world.clock.advance('75s');
    expect(bus.health()).toMatchObject({ relay: null, outbox: { late: true } });
    expect(bus.health().problems).toEqual([expect.stringContaining('No relay runs')]);
  });

  it('tells that the database does not answer, keeps the last answer, and calls it late after a minute', async () => {
    const world = modelWorld();
    const { bus } = await world.start();
    await world.clock.advance('5s');
    world.database.setAway(true);
    await world.clock.advance('20s');
    expect(bus.health().outbox).toMatchObject({ late: false, status: { backlog: 0 } });
    expect(bus.health().problems).toEqual([expect.stringContaining('does not say how it stands')]);
    await world.clock.advance('61s');
    expect(bus.health().outbox!.late).toBe(true);
    world.database.setAway(false);
    await world.clock.advance('11s');
    expect(bus.health().outbox).toMatchObject({ late: false, problems: [] });
  });

  it('tells so too where the database was never there', async () => {
    const world = modelWorld();
    world.database.setAway(true);
    const { bus } = await world.start();
    await world.clock.advance('70s');
    expect(bus.health().outbox).toMatchObject({ status: null, agoMs: null, late: true });
  });

  it('is null where there is no outbox', () => {
    expect(
      modelWorld()
        .open({ outbox: undefined as never })
        .bus.health().outbox,
    ).toBeNull();
  });
});

describe('the watch', () => {
  function watching(status: (clock: VirtualClock) => Promise<OutboxStatus>) {
    const clock = new VirtualClock();
    let asked = 0;
    const observations = new Observations(silentLog);
    const store = { status: () => (asked++, status(clock)) };
    const watch = new OutboxWatch(store, { clock, log: silentLog, observations });
    watch.start();
    return { clock, watch, asked: () => asked };
  }

  it('gives the database twenty times the rest that an answer takes', async () => {
    const { clock, asked, watch } = watching(
      (clock) => new Promise((resolve) => void clock.setTimer(3_000, () => resolve(EMPTY))),
    );
    await clock.advance('62s');
    expect(asked()).toBe(1);
    await clock.advance('2s');
    expect(asked()).toBe(2);
    watch.stop();
  });

  it('is late while an answer takes longer than a minute', async () => {
    const { clock, watch } = watching(() => new Promise(() => undefined));
    await clock.advance('61s');
    expect(watch.health).toMatchObject({ late: true, status: null });
    expect(watch.health.problems).toEqual([expect.stringContaining('more than a minute')]);
    watch.stop();
  });

  it('asks no more where the user of the database may not, and calls that no problem', async () => {
    const forbidden = new OutboxError('TRAMLINE_OUTBOX_RIGHTS', 'may not');
    const { clock, watch, asked } = watching(() => Promise.reject(forbidden));
    await clock.advance('1h');
    expect(asked()).toBe(1);
    expect(watch.health).toEqual({ status: null, agoMs: null, late: false, problems: [] });
    expect(clock.pending).toBe(0);
  });

  it('asks no more after its stop, and does not tell of an answer that comes later', async () => {
    const { clock, watch, asked } = watching(
      (clock) => new Promise((resolve) => void clock.setTimer(3_000, () => resolve(EMPTY))),
    );
    watch.stop();
    await clock.advance('1m');
    expect([asked(), watch.health.status, clock.pending]).toEqual([1, null, 0]);
  });
});

describe('problems', () => {
  it('are none of an outbox that moves, whatever its backlog', () => {
    expect(problemsOf({ ...EMPTY, backlog: 1e6, oldestMs: 59_000, dead: 3, held: 2 })).toEqual([]);
  });

  it('name what keeps late events from going', () => {
    const late = { ...EMPTY, backlog: 2, oldestMs: 3_700_000 };
    expect(problemsOf(late)).toEqual([
      '2 events wait in the outbox, the oldest for 3700s. Relays: one; their health says what they wait for.',
    ]);
    expect(problemsOf({ ...late, held: 1 })[0]).toContain('wait after a failure');
    expect(problemsOf({ ...late, relays: [] })[0]).toContain('No relay runs');
  });

  it('name a transaction that keeps others waiting', () => {
    const blocker = { pid: 42, ageMs: 300_000, application: 'shop', queryStartedAt: null };
    expect(problemsOf({ ...EMPTY, blocker })).toEqual([
      expect.stringMatching(/process 42 of 'shop' of the database\) has published and is open for 5m/),
    ]);
    expect(problemsOf({ ...EMPTY, blocker: { ...blocker, ageMs: 1_000 } })).toEqual([]);
  });
});
