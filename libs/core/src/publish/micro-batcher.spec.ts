import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PublishError, TransportError, type Receipt } from '@tramline/core';
import { Numbered, ScriptedBus } from '../../spec-support/scripted-transport.js';

let rig: ScriptedBus;
/** How each event ended: its offset, or what it was rejected with. */
let ends: Map<number, number | string>;

beforeEach(() => {
  rig = new ScriptedBus();
  ends = new Map();
});
afterEach(async () => {
  await rig.bus.close(0);
  await rig.clock.settle();
  for (const flight of rig.flights) flight.reject(new Error('end of the spec'));
  await rig.clock.settle();
  if (rig.clock.pending > 0) throw new Error(`${rig.clock.pending} timers were left running`);
});

function publish(n: number, p = 0, pad?: string): Promise<Receipt | PublishError> {
  return rig.bus.publish(Numbered, { p, n, ...(pad === undefined ? {} : { pad }) }).then(
    (receipt) => {
      ends.set(n, receipt.offset);
      return receipt;
    },
    (error: PublishError) => {
      ends.set(n, `${error.outcome} ${error.code}`);
      return error;
    },
  );
}

const lost = new TransportError('TRAMLINE_AWAY', 'the answer got lost', { outcome: 'unknown' });
const away = new TransportError('TRAMLINE_AWAY', 'nobody there');

describe('flights', () => {
  it('carry together what was called together, one per partition, partitions beside each other', async () => {
    for (let n = 0; n < 6; n++) void publish(n, n % 2);
    const [even, odd, ...more] = await rig.taken();
    expect(more).toEqual([]);
    expect([even!.numbers, odd!.numbers]).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
    expect(even!.timeoutMs).toBe(30_000);
    for (let n = 6; n < 9; n++) void publish(n, 0);
    expect(await rig.taken()).toEqual([]);
    even!.land(100);
    const [next] = await rig.taken();
    expect(next!.numbers).toEqual([6, 7, 8]);
    next!.land(103);
    odd!.land(7);
    await rig.bus.flush();
    expect([...ends].sort(([a], [b]) => a - b).map(([, end]) => end)).toEqual([
      100, 7, 101, 8, 102, 9, 103, 104, 105,
    ]);
  });

  it('gather callers that publish again as soon as they are answered, however deep their promises', async () => {
    const again = async (n: number, depth: number): Promise<void> => {
      await publish(n);
      for (let turn = 0; turn < depth; turn++) await Promise.resolve();
      await publish(n + 10);
    };
    for (let n = 0; n < 5; n++) void again(n, n * 3);
    const [first] = await rig.taken();
    first!.land();
    const [second] = await rig.taken();
    expect(new Set(second!.numbers)).toEqual(new Set([10, 11, 12, 13, 14]));
    second!.land();
  });

  it('are bounded in records and bytes', async () => {
    for (let n = 0; n < 2_001; n++) void publish(n);
    const [many] = await rig.taken();
    expect(many!.records).toHaveLength(2_000);
    for (let n = 3_000; n < 3_005; n++) void publish(n, 1, 'x'.repeat(400_000));
    const [large] = await rig.taken();
    expect(large!.numbers).toEqual([3_000, 3_001]);
    many!.land();
    large!.land();
  });

  it('keep the order of the calls while the partitions are looked up for the first time', async () => {
    let answer = (_: number): void => {};
    rig.partitionCount = () => new Promise((resolve) => (answer = resolve));
    void publish(0);
    expect(await rig.taken()).toEqual([]);
    void publish(1);
    answer(4);
    void publish(2);
    const [flight] = await rig.taken();
    expect(flight!.numbers).toEqual([0, 1, 2]);
    flight!.land();
  });
});

describe('an append that fails', () => {
  it('with an unknown outcome is repeated with the identical records before anything else of its partition', async () => {
    for (const n of [0, 1]) void publish(n);
    const [first] = await rig.taken();
    void publish(2);
    first!.reject(lost);
    await rig.clock.advance('1s');
    const [second] = await rig.taken();
    expect(second!.records).toEqual(first!.records);
    expect(second!.timeoutMs).toBeLessThan(30_000);
    // Not written this time says nothing about the first.
    second!.reject(away);
    await rig.clock.advance('1s');
    const [third] = await rig.taken();
    expect(third!.records).toEqual(first!.records);
    third!.land(5);
    const [fourth] = await rig.taken();
    expect(fourth!.numbers).toEqual([2]);
    fourth!.land(7);
    await rig.bus.flush();
    expect(Object.fromEntries(ends)).toEqual({ 0: 5, 1: 6, 2: 7 });
  });

  it('and was not written flies again in order, with those who came meanwhile', async () => {
    for (const n of [0, 1]) void publish(n);
    const [first] = await rig.taken();
    void publish(2);
    first!.reject(away);
    await rig.clock.advance('1s');
    const [second] = await rig.taken();
    expect(second!.numbers).toEqual([0, 1, 2]);
    second!.land();
    await rig.bus.flush();
    expect(Object.fromEntries(ends)).toEqual({ 0: 0, 1: 1, 2: 2 });
  });

  it('rejects its events at their deadline as unknown, those behind as not written, and each says why', async () => {
    const inFlight = publish(0);
    const [first] = await rig.taken();
    const behind = publish(1);
    first!.reject(lost);
    await rig.clock.advance('1s');
    for (let failures = 0; failures < 40; failures++) {
      for (const flight of await rig.taken()) flight.reject(away);
      await rig.clock.advance('1s');
    }
    expect(Object.fromEntries(ends)).toEqual({
      0: 'unknown TRAMLINE_PUBLISH_TIMEOUT',
      1: 'not-written TRAMLINE_PUBLISH_TIMEOUT',
    });
    expect(await inFlight).toMatchObject({ eventId: expect.any(String) as string, cause: away });
    expect(((await behind) as PublishError).message).toContain('nobody there');
  });

  it('and never settles blocks nobody for ever', async () => {
    void publish(0);
    const [stuck] = await rig.taken();
    void publish(1);
    await rig.clock.advance('30s');
    expect(Object.fromEntries(ends)).toEqual({ 1: 'not-written TRAMLINE_PUBLISH_TIMEOUT' });
    await rig.clock.advance('1s');
    expect(ends.get(0)).toBe('unknown TRAMLINE_PUBLISH_TIMEOUT');
    void publish(2);
    expect(await rig.taken()).toEqual([]);
    stuck!.land();
    const [next] = await rig.taken();
    expect(next!.numbers).toEqual([2]);
    next!.land(9);
    await rig.bus.flush();
    expect(ends.get(0)).toBe('unknown TRAMLINE_PUBLISH_TIMEOUT');
    expect(ends.get(2)).toBe(9);
  });

  it('for good rejects its events at once with what the transport said, and the lane goes on', async () => {
    const refused = new TransportError('TRAMLINE_STORAGE', 'the disk is full: make room');
    const first = publish(0);
    (await rig.taken())[0]!.reject(refused);
    expect(await first).toMatchObject({
      code: 'TRAMLINE_STORAGE',
      outcome: 'not-written',
      cause: refused,
      message: expect.stringContaining('make room') as string,
    });
    const second = publish(1);
    (await rig.taken())[0]!.reject('a string, from a transport with a fault');
    expect(await second).toMatchObject({ code: 'TRAMLINE_PUBLISH_FAILED', outcome: 'unknown' });
    void publish(2);
    (await rig.taken())[0]!.land(3);
    await rig.bus.flush();
    expect(ends.get(2)).toBe(3);
  });

  it('because one record is too large for the broker fails that one alone, in order', async () => {
    for (let n = 0; n < 20; n++) void publish(n);
    const written: number[] = [];
    for (let flights = await rig.taken(); flights.length > 0; flights = await rig.taken()) {
      expect(flights).toHaveLength(1);
      const [flight] = flights;
      if (flight!.numbers.some((n) => n === 7 || n === 16)) {
        flight!.reject(new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'too large'));
      } else {
        flight!.land(written.length);
        written.push(...flight!.numbers);
      }
    }
    expect(written).toEqual(Array.from({ length: 20 }, (_, n) => n).filter((n) => n !== 7 && n !== 16));
    for (const n of [7, 16]) expect(ends.get(n)).toBe('not-written TRAMLINE_RECORD_TOO_LARGE');
    expect(ends.size).toBe(20);
  });
});

describe('topics', () => {
  it('are prepared and looked up with patience while the broker is away', async () => {
    let tries = 0;
    rig.partitionCount = () => (++tries < 4 ? Promise.reject(away) : Promise.resolve(4));
    void publish(0);
    void publish(1);
    await rig.clock.advance('5s');
    (await rig.taken())[0]!.land();
    await rig.bus.flush();
    expect(Object.fromEntries(ends)).toEqual({ 0: 0, 1: 1 });
    expect(rig.prepared).toEqual(['numbered']);
  });

  it('that stay out of reach reject at the deadline, those that do not exist at once', async () => {
    rig.partitionCount = () => Promise.reject(away);
    void publish(0);
    await rig.clock.advance('31s');
    expect(ends.get(0)).toBe('not-written TRAMLINE_PUBLISH_TIMEOUT');
    rig.partitionCount = () => Promise.reject(new TransportError('TRAMLINE_UNKNOWN_TOPIC', 'create it'));
    void publish(1);
    await rig.clock.settle();
    expect(ends.get(1)).toBe('not-written TRAMLINE_UNKNOWN_TOPIC');
    rig.partitionCount = () => Promise.resolve(4);
    void publish(2);
    (await rig.taken())[0]!.land();
    await rig.bus.flush();
    expect(ends.get(2)).toBe(0);
  });

  it('that were deleted are prepared again', async () => {
    void publish(0);
    (await rig.taken())[0]!.reject(new TransportError('TRAMLINE_UNKNOWN_TOPIC', 'gone'));
    await rig.clock.settle();
    expect(ends.get(0)).toBe('not-written TRAMLINE_UNKNOWN_TOPIC');
    void publish(1);
    (await rig.taken())[0]!.land();
    expect(rig.prepared).toEqual(['numbered', 'numbered']);
  });

  it('that grew are noticed without anybody waiting', async () => {
    void publish(0, 3);
    (await rig.taken())[0]!.land();
    rig.partitionCount = () => Promise.resolve(8);
    await rig.clock.advance('10s');
    void publish(1, 7);
    await rig.clock.settle();
    expect(ends.get(1)).toBe('not-written TRAMLINE_PARTITION');
    void publish(2, 7);
    const [flight] = await rig.taken();
    expect(flight!.target.partition).toBe(7);
    flight!.land();
  });
});

describe('bounds', () => {
  it('refuse at once what does not fit, and take it when there is room again', async () => {
    rig = new ScriptedBus({ bufferEvents: 3 });
    const results = [0, 1, 2, 3].map((n) => publish(n, n % 2));
    const error = (await results[3]) as PublishError;
    expect(error).toMatchObject({ code: 'TRAMLINE_BUFFER_FULL', outcome: 'not-written' });
    expect(error.message).toContain('bufferEvents');
    const [even, odd] = await rig.taken();
    even!.land();
    await Promise.all([results[0], results[2]]);
    void publish(4);
    (await rig.taken())[0]!.land();
    odd!.land();
    await rig.bus.flush();
    expect(new Set(ends.keys())).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(typeof ends.get(4)).toBe('number');
  });

  it('hold in bytes, and give back what expired', async () => {
    rig = new ScriptedBus({ bufferBytes: 100_000, maxEventBytes: 60_000 });
    void publish(0);
    const [stuck] = await rig.taken();
    void publish(1, 0, 'x'.repeat(50_000));
    void publish(2, 0, 'x'.repeat(50_000));
    await rig.clock.settle();
    expect(Object.fromEntries(ends)).toEqual({ 2: 'not-written TRAMLINE_BUFFER_FULL' });
    await rig.clock.advance('30s');
    expect(ends.get(1)).toBe('not-written TRAMLINE_PUBLISH_TIMEOUT');
    void publish(3, 1, 'x'.repeat(50_000));
    (await rig.taken())[0]!.land();
    stuck!.land();
    await rig.bus.flush();
    expect(ends.get(3)).toBe(0);
  });
});

describe('flush and close', () => {
  it('flush waits for what was published before it, and for nothing else', async () => {
    void publish(0);
    const [first] = await rig.taken();
    let flushed = false;
    void rig.bus.flush().then(() => (flushed = true));
    void publish(1, 1);
    const [second] = await rig.taken();
    expect(flushed).toBe(false);
    first!.land();
    await rig.clock.settle();
    expect(flushed).toBe(true);
    second!.land();
    await rig.bus.flush();
    expect(ends.size).toBe(2);
    await rig.bus.flush();
  });

  it('close drains, refuses what comes later, and after its patience rejects what is left', async () => {
    void publish(0);
    const [first] = await rig.taken();
    void publish(1);
    const closed = rig.bus.close(5_000);
    await expect(rig.bus.publish(Numbered, { p: 0, n: 9 })).rejects.toMatchObject({
      code: 'TRAMLINE_CLOSED',
    });
    first!.land();
    const [second] = await rig.taken();
    await rig.clock.advance('5s');
    await closed;
    expect(Object.fromEntries(ends)).toEqual({ 0: 0, 1: 'unknown TRAMLINE_CLOSED' });
    second!.land();
    await rig.bus.close();
  });

  it('close rejects what could not even be looked up', async () => {
    rig.partitionCount = () => Promise.reject(away);
    void publish(0);
    const closed = rig.bus.close(100);
    await rig.clock.advance('1s');
    await closed;
    expect(ends.get(0)).toBe('not-written TRAMLINE_CLOSED');
  });
});

it('observers hear how each event ended', async () => {
  void publish(0);
  await rig.clock.settle();
  await rig.clock.advance(20);
  rig.flights.splice(0)[0]!.land(4);
  await rig.bus.flush();
  void publish(1, 99);
  await rig.clock.settle();
  expect(rig.observations).toMatchObject([
    {
      kind: 'published',
      type: 'numbered',
      key: '0',
      durationMs: 20,
      topic: 'numbered',
      partition: 0,
      offset: 4,
    },
    {
      kind: 'publish-failed',
      type: 'numbered',
      topic: 'numbered',
      outcome: 'not-written',
      error: { code: 'TRAMLINE_PARTITION' },
    },
  ]);
});
