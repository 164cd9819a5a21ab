import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BatchError,
  DiscardError,
  NonRetryableError,
  defineEvent,
  type HandlerDefinition,
  type Tramline,
} from '@tramline/core';
import { header, Placed, Rig } from '../../spec-support/rig.js';

class GatewayError extends Error {}

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

const one = (bus: Tramline, n = 0) => bus.events.publish(Placed, { userId: 'u', n });

const bytes = (value: Uint8Array | null) => value && Buffer.from(value);

/** Fails the first `times` runs. */
function failing(times: number, error: () => unknown = () => new Error('no')) {
  let runs = 0;
  return () => {
    if (runs++ < times) throw error();
  };
}

describe('retrying', () => {
  it('tries three times in place, then waits in the tiers of the policy, then gives up', async () => {
    const bus = await rig.started([
      rig.handler('a', failing(Infinity), { retry: { delays: ['10s', '70s'] } }),
    ]);
    const receipt = await one(bus);
    await rig.clock.advance('2s');
    expect(rig.runs).toHaveLength(3);
    await rig.clock.advance('10s');
    expect(rig.runs).toHaveLength(6);
    await rig.clock.advance('67s');
    expect(rig.runs).toHaveLength(6);
    await rig.clock.advance('5s');
    expect(rig.runs).toHaveLength(9);
    expect(rig.runs.map((run) => run.context.attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(rig.runs.map((run) => run.context.eventId))).toEqual(new Set([receipt.eventId]));
    expect(rig.runs.at(-1)!.context.origin).toMatchObject({
      topic: 'order.placed',
      partition: receipt.partition,
      offset: receipt.offset,
    });
    const [letter] = rig.dead();
    expect(
      Object.fromEntries(
        ['handler', 'group', 'attempts', 'reason', 'error-class', 'error-message'].map((name) => [
          name,
          header(letter!, `tramline-${name}`),
        ]),
      ),
    ).toEqual({
      handler: 'a',
      group: 'shop',
      attempts: '9',
      reason: 'retries-exhausted',
      'error-class': 'Error',
      'error-message': 'no',
    });
    expect(bytes(letter!.value)).toEqual(Buffer.from('{"userId":"u","n":0}'));
    expect(header(letter!, 'ce_id')).toBe(receipt.eventId);
    expect(header(letter!, 'tramline-origin-offset')).toBe(String(receipt.offset));
    expect(header(letter!, 'tramline-error-stack')).toContain('failing.spec.ts');
    expect(rig.seen('waiting').map(({ delayMs }) => delayMs)).toEqual([10_000, 70_000]);
  });

  it('is never early, however the delay is composed of tiers', async () => {
    const bus = await rig.started(
      [rig.handler('a', failing(1), { retry: { inPlace: 1, delays: ['75s'] } })],
      { consumer: { retryTiers: ['10s', '1m'] } },
    );
    await one(bus);
    await rig.clock.runUntil(() => rig.runs.length === 2);
    const waited = rig.runs[1]!.at - rig.runs[0]!.at;
    // 75 s are one minute and two tiers of ten seconds.
    expect(waited).toBeGreaterThanOrEqual(80_000);
    expect(waited).toBeLessThan(81_000);
  });

  it('lets other keys and other handlers go on meanwhile, and reruns only the one that failed', async () => {
    const bus = await rig.started([
      rig.handler('bad', failing(3), { retry: { delays: ['10s'] } }),
      rig.handler('good'),
    ]);
    await one(bus, 1);
    await one(bus, 2);
    await rig.clock.advance('30s');
    expect(rig.runsOf('good').map(({ n }) => n)).toEqual([1, 2]);
    expect(rig.runsOf('bad').map(({ n }) => n)).toEqual([1, 1, 1, 2, 1]);
    expect(rig.dead()).toEqual([]);
  });

  it('waits no longer than its tier when the clock jumps back an hour', async () => {
    const bus = await rig.started([rig.handler('a', failing(1), { retry: { inPlace: 1, delays: ['10s'] } })]);
    await one(bus);
    await rig.clock.advance('1s');
    await bus.stopConsuming();
    rig.clock.jump(-3_600_000);
    await rig.started([rig.handler('a')]);
    await rig.clock.advance('11s');
    expect(rig.runs).toHaveLength(2);
  });

  it('holds the offset until a failing tier takes the event', async () => {
    const bus = await rig.started([rig.handler('a', failing(1), { retry: { inPlace: 1, delays: ['10s'] } })]);
    rig.broker.failNext('append', {}, { times: Infinity, where: ({ topic }) => topic === 'shop.retry.10s' });
    const { partition } = await one(bus);
    await rig.clock.advance('5m');
    expect(
      rig.broker.committed('shop', 'order.placed').find((entry) => entry.partition === partition)?.offset,
    ).toBe(0);
    expect(rig.seen('write-failed').length).toBeGreaterThan(1);
    rig.broker.clearFaults();
    await rig.clock.advance('2m');
    expect(rig.runs).toHaveLength(2);
    expect(
      rig.broker.committed('shop', 'order.placed').find((entry) => entry.partition === partition)?.offset,
    ).toBe(1);
  });

  it('runs on in a new process what waits in tiers that its configuration no longer names', async () => {
    const bus = await rig.started([rig.handler('a', failing(1), { retry: { inPlace: 1, delays: ['7s'] } })], {
      consumer: { retryTiers: ['7s'] },
    });
    await one(bus);
    await rig.clock.advance('1s');
    await bus.close();
    await rig.started([rig.handler('a', () => {}, { retry: { delays: ['1m'] } })], {
      consumer: { retryTiers: ['1m'] },
    });
    await rig.clock.advance('10s');
    expect(rig.runs).toHaveLength(2);
  });
});

describe('policies', () => {
  const withPolicy = (error: () => unknown, more: Partial<HandlerDefinition> = {}) =>
    rig.handler('a', failing(Infinity, error), {
      retry: {
        inPlace: 2,
        delays: ['10s'],
        on: [
          [GatewayError, 'dead'],
          [(e) => e.message === 'old', 'discard'],
          [RangeError, { inPlace: 1, delays: [] }],
        ],
      },
      ...more,
    });

  it.each([
    ['an error class that is dead at once', () => new GatewayError('x'), 1, 'policy'],
    ['NonRetryableError', () => new NonRetryableError('x'), 1, 'non-retryable'],
    ['a class with a schedule of its own', () => new RangeError('x'), 1, 'retries-exhausted'],
    ['everything else', () => new Error('x'), 4, 'retries-exhausted'],
    ['a thrown string', () => 'just text', 4, 'retries-exhausted'],
    ['a thrown undefined', () => undefined, 4, 'retries-exhausted'],
  ])('%s', async (_, error, runs, reason) => {
    const bus = await rig.started([withPolicy(error)]);
    await one(bus);
    await rig.clock.advance('1m');
    expect(rig.runs).toHaveLength(runs);
    expect(rig.dead().map((letter) => header(letter, 'tramline-reason'))).toEqual([reason]);
  });

  it.each([
    ['by the policy', () => new Error('old')],
    ['by the handler', () => new DiscardError('x')],
  ])('discards %s without a letter', async (_, error) => {
    const bus = await rig.started([withPolicy(error)]);
    await one(bus);
    await rig.clock.advance('1m');
    expect(rig.runs).toHaveLength(1);
    expect(rig.dead()).toEqual([]);
    expect(rig.seen('discarded')).toHaveLength(1);
    expect(rig.committed()).toContain(1);
  });

  it('may be named and overridden by configuration', async () => {
    const bus = await rig.started([withPolicy(() => new Error('x'), { retry: 'none' }), rig.handler('off')], {
      policies: { none: { inPlace: 1, delays: [] } },
      overrides: { off: { enabled: false } },
    });
    await one(bus);
    await rig.clock.advance('1m');
    expect(rig.runsOf('a')).toHaveLength(1);
    expect(rig.runsOf('off')).toHaveLength(0);
  });
});

describe('poison', () => {
  const append = (bus: Tramline, value: Uint8Array | null) =>
    bus.transport.append(
      { topic: 'order.placed', partition: 0 },
      [
        {
          key: Buffer.from('u'),
          value,
          headers: [
            ['x', Buffer.from([255, 0])],
            ['x', null],
          ],
        },
      ],
      { timeoutMs: 1_000 },
    );

  it.each([
    ['bad JSON', Buffer.from('{"n":')],
    ['an empty value', Buffer.alloc(0)],
    ['no value', null],
    ['binary', Buffer.from([0, 159, 146, 150])],
  ])(
    '%s becomes one letter with the original bytes and headers, and what is behind it flows',
    async (_, value) => {
      const bus = await rig.started([rig.handler('a'), rig.handler('b')]);
      await append(bus, value);
      await append(bus, Buffer.from('{"userId":"u","n":1}'));
      await rig.clock.advance('1s');
      const [letter, ...others] = rig.dead();
      expect(others).toEqual([]);
      expect(bytes(letter!.value)).toEqual(value);
      expect(letter!.headers.slice(0, 2).map(([name, text]) => [name, bytes(text)])).toEqual([
        ['x', Buffer.from([255, 0])],
        ['x', null],
      ]);
      expect([header(letter!, 'tramline-handler'), header(letter!, 'tramline-reason')]).toEqual([
        '*',
        'undecodable',
      ]);
      expect(rig.runsOf('a')).toHaveLength(1);
      expect(rig.runsOf('b')).toHaveLength(1);
    },
  );

  it('an invalid payload is never retried and dies at each handler', async () => {
    const Strict = defineEvent<Placed>('order.placed', {
      key: 'userId',
      schema: {
        '~standard': {
          version: 1,
          vendor: 'spec',
          validate: (value) =>
            (value as Placed).n >= 0
              ? { value: value as Placed }
              : { issues: [{ message: 'negative', path: ['n'] }] },
        },
      },
    });
    const bus = rig.bus({ contracts: [Strict] });
    await bus.start([{ ...rig.handler('a'), events: [Strict] }]);
    await append(bus, Buffer.from('{"userId":"u","n":-1}'));
    await rig.clock.advance('1m');
    expect(rig.runs).toHaveLength(0);
    expect(header(rig.dead()[0]!, 'tramline-reason')).toBe('invalid-payload');
    expect(header(rig.dead()[0]!, 'tramline-error-message')).toContain('n: negative');
  });

  it('a letter that is too large is written by reference', async () => {
    const bus = await rig.started([
      rig.handler('a', failing(Infinity), { retry: { inPlace: 1, delays: [] } }),
    ]);
    const tooLarge = new (await import('@tramline/core')).TransportError(
      'TRAMLINE_RECORD_TOO_LARGE',
      'too large',
    );
    rig.broker.failNext('append', { error: tooLarge }, { where: ({ topic }) => topic === 'shop.dead' });
    await one(bus);
    await rig.clock.advance('1m');
    const [letter] = rig.dead();
    expect(letter!.value).toBeNull();
    expect(header(letter!, 'tramline-by-reference')).toBe('true');
    expect(header(letter!, 'tramline-origin-topic')).toBe('order.placed');
  });
});

describe('handlers that changed while events wait', () => {
  const waiting = async () => {
    const bus = await rig.started([
      rig.handler('old', failing(1), { retry: { inPlace: 1, delays: ['10s'] } }),
    ]);
    await one(bus);
    await rig.clock.advance('1s');
    await bus.close();
  };

  it('a renamed handler gets them by its alias', async () => {
    await waiting();
    await rig.started([rig.handler('new', () => {}, { aliases: ['old'] })]);
    await rig.clock.advance('15s');
    expect(rig.runsOf('new')).toHaveLength(1);
  });

  it('a handler that is not enabled keeps them waiting', async () => {
    await waiting();
    const off = await rig.started([rig.handler('old'), rig.handler('other')], {
      overrides: { old: { enabled: false } },
    });
    await rig.clock.advance('5h');
    expect(rig.dead()).toEqual([]);
    await off.close();
    await rig.started([rig.handler('old')]);
    await rig.clock.advance('20m');
    expect(rig.runsOf('old')).toHaveLength(2);
  });

  it('find their handler soon after a deployment is taken back, and are told of meanwhile', async () => {
    await waiting();
    const wrong = await rig.started([rig.handler('other')]);
    await rig.clock.advance('30s');
    expect(rig.lines.join('\n')).toMatch(
      /waits for handler 'old', which this process of group 'shop' does not have. If it was renamed, give the new one aliases: \['old'\]/,
    );
    await wrong.close();
    await rig.started([rig.handler('old')]);
    await rig.clock.advance('40s');
    expect(rig.runsOf('old')).toHaveLength(2);
  });

  it('those of an unknown handler wait an hour, then die, and are never skipped', async () => {
    await waiting();
    await rig.started([rig.handler('other')]);
    await rig.clock.advance('50m');
    expect(rig.dead()).toEqual([]);
    await rig.clock.advance('30m');
    expect(
      rig.dead().map((letter) => [header(letter, 'tramline-handler'), header(letter, 'tramline-reason')]),
    ).toEqual([['old', 'handler-unknown']]);
  });
});

describe('batches', () => {
  it('fail single events, which alone are tried again', async () => {
    const batches: number[][] = [];
    const bus = await rig.started([
      {
        id: 'batch',
        events: [Placed],
        batch: { size: 3, wait: '50ms' },
        retry: { inPlace: 2, delays: ['10s'] },
        run: (events: Placed[]) => {
          batches.push(events.map(({ n }) => n));
          const bad = events.findIndex(({ n }) => n === 1);
          if (bad >= 0 && batches.length < 3) throw new BatchError(new Map([[bad, new Error('this one')]]));
        },
      },
    ]);
    await Promise.all([0, 1, 2].map((n) => one(bus, n)));
    await rig.clock.advance('30s');
    expect(batches).toEqual([[0, 1, 2], [1], [1]]);
    expect(rig.seen('done')).toHaveLength(3);
  });
});
