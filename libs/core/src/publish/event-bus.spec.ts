import { context, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';
import { memory, MemoryBroker, SeededRandom, VirtualClock } from '../../spec-support/testing.js';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  ClosedError,
  ConfigurationError,
  defineEvent,
  EventContext,
  EventContract,
  PayloadError,
  PublishAllError,
  PublishError,
  silentLog,
  toEnvelope,
  Tramline,
  UnknownEventError,
  type Envelope,
  type PublishOptions,
  type StoredRecord,
  type TramlineOptions,
} from '@tramline/core';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  userId!: string;
  email?: string;

  get domain(): string | undefined {
    return this.email?.split('@')[1];
  }
  rename(): void {
    this.email = undefined;
  }
}
class Undecorated extends UserRegistered {}

const visited = defineEvent<{ page: string; n?: number }>('page.visited', { key: null });

let clock: VirtualClock;
let broker: MemoryBroker;
let tramline: Tramline;

function open(options: Partial<TramlineOptions> = {}): Tramline {
  clock = new VirtualClock();
  broker = new MemoryBroker({ partitions: 6 });
  tramline = new Tramline({
    service: 'registration',
    namespace: 'spec',
    transport: memory({ broker }),
    contracts: [UserRegistered],
    clock,
    random: new SeededRandom(1),
    log: silentLog,
    ...options,
  });
  return tramline;
}

beforeEach(() => void open());
afterEach(async () => {
  await tramline.close();
  if (clock.pending > 0) throw new Error(`${clock.pending} timers were left running`);
});

const records = (topic: string): StoredRecord[] => broker.records(`spec.${topic}`);
const json = ({ value }: StoredRecord): unknown => JSON.parse(Buffer.from(value!).toString());
const envelopeOf = (record: StoredRecord): Envelope => toEnvelope(record, tramline.naming);

function instance(userId: string, email?: string): UserRegistered {
  return Object.assign(new UserRegistered(), email === undefined ? { userId } : { userId, email });
}

describe('publish', () => {
  it('takes a class, an instance, a name or a contract, and tells where the event lies', async () => {
    const { events } = tramline;
    const receipts = await Promise.all([
      events.publish(UserRegistered, { userId: 'u1', email: 'a@b.example', domain: undefined }),
      events.publish(instance('u1', 'a@b.example')),
      events.publish('user.registered', { userId: 'u1', email: 'a@b.example' }),
    ]);
    const stored = records('user.registered');
    expect(stored.map(json)).toMatchObject(
      Array.from({ length: 3 }, () => ({ userId: 'u1', email: 'a@b.example' })),
    );
    expect(
      stored.map((record) => ({
        eventId: envelopeOf(record).id,
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        timestamp: record.timestamp,
      })),
    ).toEqual(receipts);
    expect((await events.publish(visited, { page: '/' })).topic).toBe('spec.page.visited');
    await expect(events.publish('nobody.knows', {})).rejects.toThrow(UnknownEventError);
  });

  it('is checked by the compiler', () => {
    const { events } = tramline;
    // Not called: what counts is what the compiler says.
    const wrong = () => [
      // @ts-expect-error -- a payload is missing
      events.publish(UserRegistered),
      // @ts-expect-error -- another type
      events.publish(UserRegistered, { userId: 7 }),
      // @ts-expect-error -- a property of another name
      events.publish(visited, { side: '/' }),
      // @ts-expect-error -- a payload of another type
      events.publishAll([[UserRegistered, { page: '/' }]]),
    ];
    expectTypeOf(wrong).toBeFunction();
    const right = () =>
      events.publishAll([
        [visited, { page: '/' }, { key: 'a' }],
        instance('u1'),
        [UserRegistered, { userId: 'u', domain: 'd' }],
      ]);
    const dynamic = (all: UserRegistered[]) => events.publishAll(all);
    const pairs = () => events.publishAll(['a', 'b'].map((page) => [visited, { page }] as const));
    expectTypeOf(right).toBeFunction();
    expectTypeOf(dynamic).toBeFunction();
    expectTypeOf(pairs).toBeFunction();
  });

  it('writes the envelope, with what the options say', async () => {
    const time = new Date('2020-02-02T00:00:00Z');
    const options: PublishOptions = {
      id: 'my-id',
      key: 'k',
      time,
      subject: 's',
      correlationId: 'c',
      causationId: 'd',
      headers: { tenant: 'ä' },
    };
    const receipt = await tramline.events.publish(visited, { page: '/' }, options);
    expect(receipt.eventId).toBe('my-id');
    const [record] = records('page.visited');
    expect(envelopeOf(record!)).toMatchObject({
      ...options,
      source: 'registration',
      type: 'page.visited',
      contentType: 'application/json',
    });
    // When it was written is the broker's business: retention and reading by time depend on it.
    expect(record!.timestamp).toBe(clock.now());
  });

  it('names the key property that is missing, and keeps the neighbours', async () => {
    const good = tramline.events.publish(UserRegistered, { userId: 'u1', domain: 'x' });
    const bad = tramline.events.publish('user.registered', { email: 'a@b.example' });
    await expect(bad).rejects.toMatchObject({ code: 'TRAMLINE_PAYLOAD', faults: [{ path: 'userId' }] });
    expect((await good).offset).toBe(0);
    for (const payload of [{ userId: null }, { userId: {} }, { userId: NaN }, null, 'text']) {
      await expect(tramline.events.publish('user.registered', payload)).rejects.toThrow(PayloadError);
    }
    const thrower = defineEvent<{ a: { b: string } }>('throws', { key: ({ a }) => a.b });
    await expect(tramline.events.publish(thrower, {} as never)).rejects.toThrow(/key function.*threw/);
  });

  it('refuses options that are not valid, all in one message, with the id', async () => {
    const bad = { key: 7, partition: -1, time: new Date(NaN), headers: { ce_id: 'x' }, delay: '1h' } as never;
    const error: unknown = await tramline.events
      .publish(visited, { page: '/' }, bad)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PublishError);
    expect(error).toMatchObject({
      code: 'TRAMLINE_PUBLISH_OPTIONS',
      outcome: 'not-written',
      eventId: expect.any(String) as string,
    });
    for (const name of ['key', 'partition', 'time', 'headers', 'delay'])
      expect((error as Error).message).toContain(`'${name}'`);
    for (const headers of [
      { 'tramline-due': '1' },
      { traceparent: 'x' },
      { 'content-type': 'x' },
      { '': 'x' },
      { a: 1 },
      { a: null },
    ]) {
      await expect(
        tramline.events.publish(visited, { page: '/' }, { headers: headers as never }),
      ).rejects.toThrow(PublishError);
    }
  });

  it('refuses what is larger than maxEventBytes before it meets others', async () => {
    const good = tramline.events.publish(visited, { page: '/' });
    const large = tramline.events.publish(visited, { page: 'x'.repeat(10_000_000) }, { id: 'large' });
    await expect(large).rejects.toMatchObject({
      code: 'TRAMLINE_RECORD_TOO_LARGE',
      outcome: 'not-written',
      eventId: 'large',
    });
    expect((await good).offset).toBe(0);
  });

  it('refuses what is no event, and says what is wrong with it', async () => {
    await expect(tramline.events.publish(Object.assign(new Undecorated(), { userId: 'u' }))).rejects.toThrow(
      /class Undecorated has no @EventContract of its own/,
    );
    await expect(tramline.events.publish({ userId: 'u' } as never)).rejects.toThrow(ConfigurationError);
    await expect(tramline.events.publish(undefined as never)).rejects.toThrow(ConfigurationError);
  });

  it('refuses everything after close', async () => {
    await tramline.events.close();
    await expect(tramline.events.publish(visited, { page: '/' })).rejects.toThrow(ClosedError);
    await expect(tramline.events.publishAll([[visited, { page: '/' }]])).rejects.toThrow(ClosedError);
  });
});

describe('partitions', () => {
  it('keep the calls of one key in order and agree with the Java client', async () => {
    const sent = Array.from({ length: 300 }, (_, n) =>
      tramline.events.publish(visited, { page: '/', n }, { key: `k${n % 7}` }),
    );
    await Promise.all(sent);
    const stored = records('page.visited');
    for (let key = 0; key < 7; key++) {
      const own = stored.filter((record) => envelopeOf(record).key === `k${key}`);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      expect(own.map((record) => (json(record) as { n: number }).n)).toEqual(
        Array.from({ length: 300 }, (_, n) => n).filter((n) => n % 7 === key),
      );
    }
    // murmur2('abc') is 479470107 in Kafka's UtilsTest; modulo 6 that is 3.
    expect((await tramline.events.publish(visited, { page: '/' }, { key: 'abc' })).partition).toBe(3);
  });

  it('share events without a key evenly', async () => {
    await Promise.all(Array.from({ length: 60 }, () => tramline.events.publish(visited, { page: '/' })));
    for (let partition = 0; partition < 6; partition++) {
      expect(records('page.visited').filter((record) => record.partition === partition)).toHaveLength(10);
    }
  });

  it('are chosen by the call, else by the partitioner, and must exist', async () => {
    open({
      publisher: {
        partitioner: (key, partitions, topic) =>
          topic === 'spec.page.visited' ? key.length - 2 : partitions,
      },
    });
    expect(
      (await tramline.events.publish(visited, { page: '/' }, { key: 'four', partition: 5 })).partition,
    ).toBe(5);
    expect((await tramline.events.publish(visited, { page: '/' }, { key: 'four' })).partition).toBe(2);
    for (const options of [{ partition: 6 }, { key: '' }]) {
      await expect(tramline.events.publish(visited, { page: '/' }, options)).rejects.toMatchObject({
        code: 'TRAMLINE_PARTITION',
        outcome: 'not-written',
      });
    }
    await expect(tramline.events.publish(visited, { page: '/' }, { key: '' })).rejects.toThrow(
      /publisher.partitioner chose partition -2.*0 to 5/,
    );
  });
});

describe('publishAll', () => {
  it('gives receipts in the order of the list', async () => {
    const receipts = await tramline.events.publishAll([
      [visited, { page: '/' }, { id: 'a', key: 'x' }],
      instance('u1'),
      [visited, { page: '/' }, { id: 'b', key: 'x' }],
    ]);
    expect(receipts.map(({ eventId, topic }) => [eventId.slice(0, 1), topic])).toMatchObject([
      ['a', 'spec.page.visited'],
      [expect.any(String), 'spec.user.registered'],
      ['b', 'spec.page.visited'],
    ]);
    expect(receipts[2]!.offset).toBe(receipts[0]!.offset + 1);
    expect(await tramline.events.publishAll([])).toEqual([]);
  });

  it('sends nothing when one is not valid, and tells all ends when some could not be written', async () => {
    await tramline.events.publish(visited, { page: '/' });
    await expect(
      tramline.events.publishAll([
        [visited, { page: '/' }],
        ['user.registered', {}],
      ]),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^2 of 2 events .* Event 1: /) as string,
      cause: expect.any(PayloadError) as Error,
      results: [
        { code: 'TRAMLINE_NOT_SENT', outcome: 'not-written' },
        { code: 'TRAMLINE_PAYLOAD', outcome: 'not-written' },
      ],
    });
    await tramline.events.flush();
    expect(records('page.visited')).toHaveLength(1);

    const error: unknown = await tramline.events
      .publishAll([
        [visited, { page: '/' }, { partition: 0 }],
        [visited, { page: '/' }, { partition: 99 }],
      ])
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PublishAllError);
    expect((error as PublishAllError).results).toMatchObject([
      { partition: 0 },
      { code: 'TRAMLINE_PARTITION' },
    ]);
    expect((error as Error).message).toContain('1 of 2');
  });
});

describe('what an event comes from', () => {
  function handled(overrides: Partial<Envelope>): EventContext {
    const envelope = {
      id: 'cause',
      type: 't',
      source: 's',
      time: new Date(0),
      key: null,
      headers: {},
      ...overrides,
    } as Envelope;
    return new EventContext(
      envelope,
      { topic: 't', partition: 0, offset: 0, timestamp: 0 },
      'handler',
      'group',
      1,
    );
  }

  it('is the event being handled: correlation, causation and trace go on', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await EventContext.run(handled({ correlationId: 'story', traceparent, tracestate: 'a=b' }), () =>
      tramline.events.publish(visited, { page: '/' }, { partition: 0 }),
    );
    await EventContext.run(handled({}), () =>
      tramline.events.publish(visited, { page: '/' }, { partition: 0, causationId: 'mine' }),
    );
    await tramline.events.publish(visited, { page: '/' }, { partition: 0 });
    const [first, second, third] = records('page.visited').map(envelopeOf);
    expect(first).toMatchObject({
      correlationId: 'story',
      causationId: 'cause',
      traceparent,
      tracestate: 'a=b',
    });
    expect(second).toMatchObject({ correlationId: 'cause', causationId: 'mine', traceparent: undefined });
    expect(third).toMatchObject({ correlationId: undefined, causationId: undefined, traceparent: undefined });
  });

  it('is the active span of OpenTelemetry, where there is one', async () => {
    const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
    const active: Context = trace.setSpanContext(ROOT_CONTEXT, span);
    context.setGlobalContextManager({
      active: () => active,
      with: (_context, work, self, ...args) => work.call(self as never, ...args),
      bind: (_context, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
    try {
      await EventContext.run(handled({ traceparent: 'other' }), () =>
        tramline.events.publish(visited, { page: '/' }),
      );
    } finally {
      context.disable();
    }
    expect(envelopeOf(records('page.visited')[0]!).traceparent).toBe(`00-${span.traceId}-${span.spanId}-01`);
  });
});

it('publisher options that are not valid are told together', () => {
  const publisher = {
    timeout: 'soon',
    maxEventBytes: 0,
    bufferEvents: 1.5,
    bufferBytes: -1,
    partitioner: 'murmur2',
  } as never;
  expect(() => open({ publisher })).toThrow(ConfigurationError);
  for (const name of ['timeout', 'maxEventBytes', 'bufferEvents', 'bufferBytes', 'partitioner']) {
    expect(() => open({ publisher })).toThrow(new RegExp(`publisher.${name}`));
  }
  expect(() => open({ publisher: { bufferBytes: 10 } })).toThrow(/holds no event/);
});
