import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NonRetryableError, TransportError, type Tramline } from '@tramline/core';
import { DeadLetters, GroupOps, type OpsPorts, type RedriveOptions } from '@tramline/core/ops';
import { header, Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
let broken: boolean;
let bus: Tramline;
let letters: DeadLetters;

beforeEach(async () => {
  rig = new Rig();
  broken = true;
  const work = () => {
    if (broken) throw new NonRetryableError('the gateway says no');
  };
  bus = await rig.started([rig.handler('sms', work), rig.handler('email')]);
  letters = new DeadLetters(bus, 'shop');
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

const die = async (count: number) => {
  await Promise.all(
    Array.from({ length: count }, (_, n) => bus.events.publish(Placed, { userId: `u${n}`, n })),
  );
  await rig.clock.advance('1s');
};

const list = async (...args: Parameters<DeadLetters['list']>) => {
  const found = [];
  for await (const letter of letters.list(...args)) found.push(letter);
  return found;
};

/** Redriving takes virtual time, which passes meanwhile. */
const redrive = async (
  filter: Parameters<DeadLetters['redrive']>[0] = {},
  options: Partial<RedriveOptions> = {},
) => {
  let ended = false;
  const work = letters.redrive(filter, { actor: 'ann', ...options }).finally(() => (ended = true));
  work.catch(() => {});
  await rig.clock.runUntil(() => ended);
  return work;
};

const portsOf = ({ transport, naming, clock, random, log, observations }: OpsPorts): OpsPorts => ({
  ...{ transport, naming, clock, random, log, observations },
});

describe('dead letters', () => {
  it('are listed with what happened, and filtered', async () => {
    await die(3);
    const [first] = await list();
    expect(first).toMatchObject({
      handlerId: 'sms',
      reason: 'non-retryable',
      errorClass: 'NonRetryableError',
      errorMessage: 'the gateway says no',
      state: undefined,
    });
    expect(first!.envelope.type).toBe('order.placed');
    expect(await list()).toHaveLength(3);
    expect(await list({ key: 'u1' })).toHaveLength(1);
    expect(await list({ handlerId: 'email' })).toHaveLength(0);
    expect(await list({ ids: [first!.id] })).toHaveLength(1);
    expect(await list({ since: new Date(rig.clock.now() + 1) })).toHaveLength(0);
  });

  it('go back to the one handler that failed, once', async () => {
    await die(3);
    broken = false;
    rig.runs.length = 0;
    expect(await redrive({ key: 'u1' })).toMatchObject({ redriven: 1, repeated: 0, refused: [] });
    await rig.clock.advance('1s');
    expect(rig.runs.map((run) => [run.handler, run.event.n, run.context.attempt])).toEqual([['sms', 1, 2]]);
    expect(await list()).toHaveLength(2);
    expect(await redrive({ key: 'u1' })).toMatchObject({ redriven: 0 });
    expect((await list({ key: 'u1' }, { all: true }))[0]!.state).toMatchObject({
      state: 'redriven',
      n: 1,
      actor: 'ann',
    });
  });

  it('make a new letter when they die again, and are refused when that happens too often', async () => {
    await die(1);
    for (let round = 1; round <= 2; round++) {
      expect(await redrive({}, { maxRedrives: 2 })).toMatchObject({ redriven: 1 });
      await rig.clock.advance('1s');
    }
    expect(rig.dead().map((letter) => header(letter, 'tramline-redrives'))).toEqual([undefined, '1', '2']);
    const { refused, redriven } = await redrive({}, { maxRedrives: 2 });
    expect([redriven, refused[0]?.why]).toEqual([0, 'redriven 2 times already (maxRedrives 2)']);
  });

  it('are counted and left alone by a dry run', async () => {
    await die(3);
    expect(await redrive({}, { dryRun: true })).toMatchObject({ redriven: 3 });
    await rig.clock.advance('1s');
    expect(rig.runsOf('sms')).toHaveLength(3);
    expect(await list()).toHaveLength(3);
  });

  it.each([
    ['before the event is sent', 'shop.retry.now', 0],
    ['after it, before that is written down', 'shop.dead.state', 1],
  ])('interrupted %s are sent again under the same number', async (_, topic, skip) => {
    await die(1);
    broken = false;
    let calls = 0;
    rig.broker.failNext(
      'append',
      { error: new Error('the operator pressed Ctrl-C') },
      { times: Infinity, where: (call) => call.topic === topic && calls++ >= skip },
    );
    await expect(redrive()).rejects.toThrow();
    rig.broker.clearFaults();
    expect((await list())[0]!.state).toMatchObject({ state: 'redriving', n: 1 });
    expect(await redrive()).toMatchObject({ redriven: 1, repeated: 1 });
    await rig.clock.advance('1s');
    expect(await list()).toEqual([]);
    expect(rig.runsOf('sms').length).toBe(1 + 1 + skip);
  });

  it('keep to the rate', async () => {
    await die(10);
    broken = false;
    const began = rig.clock.monotonic();
    await redrive({}, { rate: 2 });
    expect(rig.clock.monotonic() - began).toBeGreaterThanOrEqual(4_000);
    await rig.clock.advance('1s');
    expect(rig.runsOf('sms')).toHaveLength(20);
  });

  it.each([0, -1, NaN])('need a rate above 0, not %s, which would never end', async (rate) => {
    await die(1);
    const options = { actor: 'ann', rate, dryRun: true };
    await expect(letters.redrive({}, options)).rejects.toThrow('give letters a second, more than 0');
  });

  it('that are too large to go back are refused and stay, and do not keep the others', async () => {
    await die(9);
    broken = false;
    const { partition } = (await list())[0]!.record;
    const here = (await list()).filter(({ record }) => record.partition === partition).length;
    rig.broker.failNext(
      'append',
      { error: new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'too large') },
      { times: Infinity, where: (call) => call.topic === 'shop.retry.now' && call.partition === partition },
    );
    const { redriven, refused } = await redrive();
    expect([redriven, refused.length]).toEqual([9 - here, here]);
    expect(refused[0]?.why).toContain(`is larger than 'shop.retry.now' takes`);
    await rig.clock.advance('1s');
    expect(rig.runsOf('sms')).toHaveLength(9 + 9 - here);
    rig.broker.clearFaults();
    letters = new DeadLetters(bus, 'shop');
    expect((await list()).map(({ state }) => state)).toEqual(Array(here).fill(undefined));
    expect(await redrive()).toMatchObject({ redriven: here, repeated: 0 });
  });

  it('are not looked for in a group that does not exist', async () => {
    const unknown = new DeadLetters(bus, 'shpo');
    await expect(unknown.list().next()).rejects.toThrow(
      /There is no group 'shpo' with dead letters.*\. There is 'shop'\. Check the name/,
    );
  });

  it('stay redriven when what an interrupted redrive wrote lands late', async () => {
    await die(1);
    broken = false;
    const [letter] = await list();
    await redrive();
    const late = { state: 'redriving', n: 1, actor: 'bob', at: rig.clock.now() };
    await bus.transport.append(
      { topic: bus.naming.deadState('shop'), partition: 0 },
      [{ key: Buffer.from(letter!.id), value: Buffer.from(JSON.stringify(late)), headers: [] }],
      { timeoutMs: 1_000 },
    );
    expect(await list()).toEqual([]);
    expect(await list({}, { all: true })).toMatchObject([{ state: { state: 'redriven', actor: 'ann' } }]);
  });

  it('named by an id that none has are a slip: nothing is sent or discarded', async () => {
    await die(2);
    const ids = [(await list())[0]!.id, 'a-slip'];
    const unknown = { code: 'TRAMLINE_UNKNOWN_LETTER', letterId: 'a-slip' };
    await expect(redrive({ ids })).rejects.toMatchObject(unknown);
    await expect(redrive({ ids }, { dryRun: true })).rejects.toMatchObject(unknown);
    await expect(letters.discard({ ids }, { actor: 'ann', reason: 'old' })).rejects.toMatchObject(unknown);
    expect(await list()).toHaveLength(2);
  });

  it('that were named and decided on before are refused, with who did what', async () => {
    await die(3);
    const [redriven, discarded, waiting] = (await list()).map(({ id }) => id) as [string, string, string];
    broken = false;
    await redrive({ ids: [redriven] });
    await letters.discard({ ids: [discarded] }, { actor: 'bob', reason: 'test data' });
    expect(await redrive({ ids: [redriven, discarded, waiting] })).toEqual({
      redriven: 1,
      repeated: 0,
      stopped: false,
      refused: [
        { id: redriven, why: 'redriven by ann already; if it failed again, that is a letter of its own' },
        { id: discarded, why: 'discarded by bob already: test data' },
      ],
    });
  });

  it('may be discarded', async () => {
    await die(2);
    expect(await letters.discard({ key: 'u0' }, { actor: 'ann', reason: 'test data' })).toBe(1);
    expect(await list()).toHaveLength(1);
    expect(await redrive()).toMatchObject({ redriven: 1 });
  });

  it('of records that nobody could read go to every handler of their type once they can be read', async () => {
    await bus.transport.append(
      { topic: 'order.placed', partition: 0 },
      [{ key: null, value: Buffer.from('{'), headers: [] }],
      { timeoutMs: 1_000 },
    );
    await rig.clock.advance('1s');
    await bus.close();
    broken = false;
    const lenient = {
      contentType: 'text/plain',
      encode: (payload: unknown) => Buffer.from(JSON.stringify(payload)),
      decode: (value: Uint8Array) => ({ userId: 'u', n: value.length }),
    };
    bus = await rig.started([rig.handler('sms'), rig.handler('email')], { codec: lenient });
    letters = new DeadLetters(bus, 'shop');
    expect(await redrive()).toMatchObject({ redriven: 1 });
    await rig.clock.advance('1s');
    expect(rig.runs.map((run) => run.handler).sort()).toEqual(['email', 'sms']);
  });

  it('without a body are redriven from where the event lies, and refused when it is gone', async () => {
    rig.broker.failNext(
      'append',
      { error: new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'too large') },
      { where: ({ topic }) => topic === 'shop.dead' },
    );
    await die(1);
    const { origin } = (await list())[0]!.history;
    broken = false;
    expect(await redrive({}, { dryRun: true })).toMatchObject({ redriven: 1 });
    expect(await redrive()).toMatchObject({ redriven: 1 });
    await rig.clock.advance('1s');
    expect(rig.runsOf('sms')).toHaveLength(2);
    broken = true;
    rig.broker.failNext(
      'append',
      { error: new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'too large') },
      { where: ({ topic }) => topic === 'shop.dead' },
    );
    await bus.events.publish(Placed, { userId: 'u0', n: 9 });
    await rig.clock.advance('1s');
    rig.broker.deleteBefore(origin, origin.offset + 2);
    const { refused } = await redrive();
    expect(refused[0]?.why).toContain('no longer exists');
  });

  it('come back when their event dies once more after the group was moved back', async () => {
    await die(2);
    expect(await letters.discard({ key: 'u0' }, { actor: 'ann', reason: 'test data' })).toBe(1);
    broken = false;
    expect(await redrive({ key: 'u1' })).toMatchObject({ redriven: 1 });
    await rig.clock.advance('10m');
    expect(await list()).toEqual([]);
    await rig.close();
    const operator = rig.bus({ consume: false });
    await new GroupOps({ ...portsOf(operator), outbox: undefined }).reset('shop', 'earliest');
    await rig.started([
      rig.handler('sms', () => {
        throw new NonRetryableError('the gateway says no');
      }),
    ]);
    await rig.clock.advance('1s');
    letters = new DeadLetters(operator, 'shop');
    expect((await list()).map(({ state }) => state)).toEqual([undefined, undefined]);
    expect(await list({}, { all: true })).toHaveLength(2);
    expect(await redrive()).toMatchObject({ redriven: 2 });
    await rig.clock.advance('1s');
    expect((await list()).map(({ history }) => history.redrives)).toEqual([1, 1]);
  });

  it('that were decided on are not read again when they are many', async () => {
    await die(1);
    const [letter] = await list();
    const { partition, key, value, headers } = letter!.record;
    const copies = Array.from({ length: 1_500 }, (_, n) => ({
      key,
      value,
      headers: headers.map(([name, bytes]) =>
        name === 'tramline-letter-id' ? ([name, Buffer.from(`${n}`)] as const) : ([name, bytes] as const),
      ),
    }));
    await bus.transport.append({ topic: 'shop.dead', partition }, copies, { timeoutMs: 1_000 });
    expect(await letters.discard({}, { actor: 'ann', reason: 'many' })).toBe(1_501);
    await die(1);
    letters = new DeadLetters(bus, 'shop');
    const from: number[] = [];
    const read = bus.transport.read.bind(bus.transport);
    bus.transport.read = (range) => {
      if (range.topic === 'shop.dead' && range.partition === partition) from.push(range.from);
      return read(range);
    };
    expect(await list()).toHaveLength(1);
    expect(from).toEqual([1_501]);
    expect(await list({}, { all: true })).toHaveLength(1_502);
    expect(from).toEqual([1_501, 0]);
  });
});
