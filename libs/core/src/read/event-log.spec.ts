import { memory, MemoryBroker, SeededRandom, VirtualClock } from '../../spec-support/testing.js';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  ConfigurationError,
  defineEvent,
  EventContract,
  PayloadError,
  silentLog,
  TransportError,
  Tramline,
  type LoggedEvent,
  type ReadOptions,
} from '@tramline/core';

@EventContract('step.taken', { key: 'who', topic: 'steps' })
class StepTaken {
  who!: string;
  n!: number;
}
const rested = defineEvent<{ who: string }>('rested', { key: 'who', topic: 'steps' });

let clock: VirtualClock;
let broker: MemoryBroker;
let tramline: Tramline;

beforeEach(() => {
  clock = new VirtualClock();
  broker = new MemoryBroker({ partitions: 3, batchSize: 4 });
  const transport = memory({ broker });
  tramline = new Tramline({
    service: 'spec',
    transport,
    contracts: [StepTaken],
    clock,
    random: new SeededRandom(1),
    log: silentLog,
  });
});
afterEach(async () => {
  await tramline.close();
  if (clock.pending > 0) throw new Error(`${clock.pending} timers were left running`);
});

/** Steps `from` to `to - 1`, a second apart, by three walkers in turn. */
async function walk(from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    await tramline.events.publish(StepTaken, { who: `w${n % 3}`, n }, { partition: n % 3 });
    await clock.advance('1s');
  }
}

async function read(options?: ReadOptions): Promise<LoggedEvent<StepTaken>[]> {
  const events: LoggedEvent<StepTaken>[] = [];
  for await (const event of tramline.eventLog.read(StepTaken, options)) events.push(event);
  return events;
}

const numbers = (events: readonly LoggedEvent<StepTaken>[]) => events.map(({ event }) => event.n);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('EventLog.read', () => {
  it('gives all partitions merged by time, as instances, with envelope and place', async () => {
    await walk(0, 40);
    const events = await read();
    expect(numbers(events)).toEqual(range(0, 40));
    expect(events[4]!.event).toBeInstanceOf(StepTaken);
    expect(events[4]).toMatchObject({
      topic: 'steps',
      partition: 1,
      offset: 1,
      timestamp: clock.now() - 36_000,
    });
    expect(events[4]!.envelope).toMatchObject({ type: 'step.taken', source: 'spec', key: 'w1' });
    expectTypeOf(events[4]!.event).toEqualTypeOf<StepTaken>();
  });

  it('keeps to the times and the key asked for', async () => {
    const start = clock.now();
    await walk(0, 30);
    const at = (n: number) => new Date(start + n * 1_000);
    expect(numbers(await read({ from: at(10) }))).toEqual(range(10, 30));
    expect(numbers(await read({ to: at(10) }))).toEqual(range(0, 10));
    expect(numbers(await read({ from: at(10), to: at(20), key: 'w1' }))).toEqual([10, 13, 16, 19]);
    expect(numbers(await read({ from: at(99) }))).toEqual([]);
    expect(numbers(await read({ key: 'nobody' }))).toEqual([]);
  });

  it('ends where the log ended when it began, though more comes meanwhile', async () => {
    await walk(0, 10);
    const seen: number[] = [];
    for await (const { event } of tramline.eventLog.read('step.taken')) {
      seen.push((event as StepTaken).n);
      if (seen.length === 1) await walk(10, 20);
    }
    expect(seen).toEqual(range(0, 10));
  });

  it('leaves out other types of the topic, and survives what retention took', async () => {
    await walk(0, 9);
    await tramline.events.publish(rested, { who: 'w0' });
    broker.deleteBefore({ topic: 'steps', partition: 0 }, 2);
    expect(numbers(await read())).toEqual([1, 2, 4, 5, 6, 7, 8]);
  });

  it('says where an event lies that breaks its contract', async () => {
    await walk(0, 2);
    const transport = memory({ broker }).open({
      clock,
      random: new SeededRandom(2),
      log: silentLog,
      clientId: 'foreign',
    });
    const headers = [['ce_type', Buffer.from('step.taken')]] as const;
    await transport.append(
      { topic: 'steps', partition: 2 },
      [{ key: null, value: Buffer.from('{'), headers }],
      { timeoutMs: 1_000 },
    );
    await transport.close();
    const seen: number[] = [];
    const reading = async () => {
      for await (const { event } of tramline.eventLog.read(StepTaken)) seen.push(event.n);
    };
    const error: unknown = await reading().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PayloadError);
    expect((error as Error).message).toContain('at steps/2, offset 0');
    expect(seen).toEqual([0, 1]);
  });

  it('lets go of everything when the loop is left, and when the signal ends it', async () => {
    await walk(0, 30);
    for await (const { event } of tramline.eventLog.read(StepTaken)) if (event.n === 5) break;
    const ending = new AbortController();
    const reading = async () => {
      for await (const { event } of tramline.eventLog.read(StepTaken, { signal: ending.signal })) {
        if (event.n === 5) ending.abort(new Error('enough'));
        expect(event.n).toBeLessThan(6);
      }
    };
    await expect(reading()).rejects.toThrow('enough');
    await expect(read({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  it('passes on what the transport says, and refuses options that are not valid', async () => {
    await expect(read()).rejects.toThrow(TransportError);
    await walk(0, 9);
    broker.failNext('read');
    await expect(read()).rejects.toThrow(TransportError);
    for (const options of [{ from: 'yesterday' }, { to: new Date(NaN) }, { key: 7 }]) {
      await expect(read(options as never)).rejects.toThrow(ConfigurationError);
    }
  });
});
