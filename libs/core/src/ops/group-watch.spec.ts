import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NonRetryableError, silentLog } from '@tramline/core';
import {
  openOps,
  type GroupStep,
  type GroupWatchOptions,
  type Ops,
  type WaitingEvent,
} from '@tramline/core/ops';
import { Placed, Rig } from '../../spec-support/rig.js';
import { memory } from '../../spec-support/testing.js';

let rig: Rig;
let ops: Ops;
beforeEach(() => {
  rig = new Rig();
  ops = openOps({ transport: memory({ broker: rig.broker }), clock: rig.clock, log: silentLog });
});
afterEach(async () => {
  await ops.close();
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

/** A step in short: kind, n of the event, handler, and for whom it is not done. */
const short = (step: GroupStep) => {
  const n = (step.event.json as { n: number }).n;
  if (step.kind === 'arrived') return `${n} arrived`;
  if (step.kind === 'dead') return `${n} dead for ${step.letter.handlerId}`;
  if (step.kind === 'waiting') return `${n} waiting for ${step.handlerId} after ${step.attempts}`;
  return `${n} done by ${step.handlerId ?? 'all'}${step.left.length > 0 ? ` but ${step.left.join()}` : ''}`;
};

const started = async () => {
  let broken = true;
  const bus = await rig.started([
    rig.handler('email'),
    rig.handler('sms', ({ n }) => {
      if (n === 1 && broken) throw new Error('away');
      if (n === 2) throw new NonRetryableError('no such number');
    }),
  ]);
  return { bus, mend: () => (broken = false) };
};

const publish = async (bus: Awaited<ReturnType<typeof started>>['bus']) => {
  await Promise.all([0, 1, 2].map((n) => bus.events.publish(Placed, { userId: 'u', n })));
  await rig.clock.advance('2s');
};

const past = async (filter = {}) => {
  const steps: string[] = [];
  for await (const step of ops.events.watch('shop', filter, { follow: false })) steps.push(short(step));
  return steps.sort((a, b) => (a < b ? -1 : 1));
};

const all = async (events: AsyncIterable<WaitingEvent>, tier: string) => {
  const found = [];
  for await (const event of events) if (event.tier === tier) found.push(event);
  return found;
};

describe('what a group does with events', () => {
  it('is told of the past: where each of them is now', async () => {
    const { bus, mend } = await started();
    await publish(bus);
    expect(await past()).toEqual([
      '0 arrived',
      '0 done by all',
      '1 arrived',
      '1 done by all but sms',
      '1 waiting for sms after 3',
      '2 arrived',
      '2 dead for sms',
      '2 done by all but sms',
    ]);
    mend();
    await rig.clock.advance('1m');
    expect(await past()).toContain('1 done by sms');
    expect(await past({ key: 'nobody' })).toEqual([]);
  });

  it('is told as it happens, each step once', async () => {
    const { bus, mend } = await started();
    const ending = new AbortController();
    const steps: string[] = [];
    let ready = false;
    const options: GroupWatchOptions = { signal: ending.signal, onReady: () => (ready = true) };
    const watching = (async () => {
      for await (const step of ops.events.watch('shop', {}, options)) steps.push(short(step));
    })();
    await rig.clock.runUntil(() => ready);
    await publish(bus);
    mend();
    await rig.clock.advance('1m');
    ending.abort();
    await watching;
    const of = (n: number) => steps.filter((step) => step.startsWith(`${n} `)).map((step) => step.slice(2));
    expect(of(0)).toEqual(['arrived', 'done by all']);
    expect(of(1)).toEqual(['arrived', 'waiting for sms after 3', 'done by all but sms', 'done by sms']);
    expect(of(2)).toEqual(['arrived', 'dead for sms', 'done by all but sms']);
  });

  it('is told of what was redriven, as due since then, also while nobody runs it', async () => {
    const { bus } = await started();
    await publish(bus);
    const stopping = bus.close();
    await rig.clock.advance('10s');
    await stopping;
    const redriving = ops.dead.of('shop').redrive({}, { actor: 'ann' });
    await rig.clock.advance('1s');
    expect(await redriving).toMatchObject({ redriven: 1 });
    const now = { topic: 'shop.retry.now', handlerId: 'sms' };
    const waiting = [];
    for await (const step of ops.events.watch('shop', {}, { follow: false }))
      if (step.kind === 'waiting' && step.event.topic === now.topic) waiting.push(step);
    const [{ event, nextAttempt }] = waiting as [Extract<GroupStep, { kind: 'waiting' }>];
    expect(nextAttempt).toBe(event.timestamp);
    const [found] = await all(ops.retries.waiting('shop', { key: 'u' }), now.topic);
    expect(found).toMatchObject({ due: event.timestamp, nextAttempt: event.timestamp });
    const tier = (await ops.retries.list('shop')).find(({ topic }) => topic === now.topic);
    expect(tier).toMatchObject({ waiting: 1, nextDue: event.timestamp });
  });

  it('is not told of a group that was never there', async () => {
    await started();
    await expect(ops.events.watch('shpo').next()).rejects.toMatchObject({
      code: 'TRAMLINE_UNKNOWN_GROUP',
      known: ['shop'],
    });
  });
});
