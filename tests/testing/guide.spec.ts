import { setTimeout as realDelay } from 'node:timers/promises';
// #region imports
import { Test, type TestingModule } from '@nestjs/testing';
import { TestBus } from '@tramline/testing/nest';
// #endregion
import { TestBus as CoreTestBus } from '@tramline/testing';
import { defineEvent, NonRetryableError } from '@tramline/nest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AppModule,
  Mailer,
  RecordingMailer,
  Registration,
  UnknownAddressError,
  UserRegistered,
} from '../../docs/snippets/greeter.ts';

describe('with Nest', () => {
  // #region setup
  let app: TestingModule;
  let bus: TestBus;
  const mailer = new RecordingMailer();

  beforeEach(async () => {
    const builder = Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(Mailer)
      .useValue(mailer);
    bus = TestBus.attach(builder);
    app = await builder.compile();
    await app.init();
  });

  afterEach(async () => {
    await app.close();
    await bus.close(); // fails when an attempt is left that does not end
  });
  // #endregion

  it('runs what needs no time', async () => {
    // #region idle
    await app.get(Registration).register('u1', 'ada@example.com');
    await bus.idle(); // delivered, and handled to the end

    expect(mailer.sent.map(({ to }) => to)).toEqual(['ada@example.com']);
    // #endregion
  });

  it('lets time pass', async () => {
    // #region time
    bus.fail('welcome', { times: 6 }); // three attempts at once, and three after 10 s
    await app.get(Registration).register('u2', 'bob@example.com');
    await bus.advance('72s'); // takes milliseconds

    const [welcome] = bus.handled('welcome');
    expect(welcome).toMatchObject({ attempt: 7, event: { email: 'bob@example.com' } });
    // #endregion
    expect(welcome!.at.getTime() - welcome!.envelope.time.getTime()).toBeGreaterThanOrEqual(70_000);
  });

  it('tells what happened', async () => {
    // #region ask
    await bus.publish(UserRegistered, { userId: 'u3', email: 'cleo@example.com' });
    await bus.idle();

    const [registered] = bus.published(UserRegistered);
    expect(registered?.event.email).toBe('cleo@example.com'); // typed, an instance of the class
    expect(registered?.envelope).toMatchObject({ type: 'user.registered', key: 'u3', source: 'greeter' });

    const [handled] = bus.handled<UserRegistered>('welcome');
    expect(handled?.envelope.id).toBe(registered?.envelope.id);
    expect(bus.deadLetters()).toEqual([]);
    // #endregion
  });

  it('gives up', async () => {
    // #region dead
    bus.fail('welcome', { error: new UnknownAddressError('nobody lives there') });
    await bus.publish(UserRegistered, { userId: 'u4', email: 'dan@example.com' });
    await bus.idle();

    expect(bus.deadLetters()).toMatchObject([
      { handlerId: 'welcome', reason: 'policy', attempts: 1, event: { email: 'dan@example.com' } },
    ]);
    // #endregion
  });

  it('repeats', async () => {
    mailer.sent.length = 0;
    // #region duplicate
    bus.duplicate(UserRegistered);
    await bus.publish(UserRegistered, { userId: 'u5', email: 'eve@example.com' });
    await bus.idle();

    const keys = mailer.sent.map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toHaveLength(2); // the handler ran twice …
    expect(new Set(keys).size).toBe(1); // … and the mailer can tell
    // #endregion
  });

  it('overtakes', async () => {
    // #region overtake
    bus.fail('welcome', { times: 3 }); // the first event waits for its retry, and the second comes first
    await bus.publish(UserRegistered, { userId: 'u6', email: 'old@example.com' });
    await bus.publish(UserRegistered, { userId: 'u6', email: 'new@example.com' });
    await bus.advance('11s');

    const order = bus.handled<UserRegistered>('welcome').map(({ event }) => event.email);
    expect(order).toEqual(['new@example.com', 'old@example.com']);
    // #endregion
  });

  it('survives an outage', async () => {
    // #region outage
    bus.broker.setAway(true);
    const registering = app.get(Registration).register('u7', 'gil@example.com'); // waits for the broker
    await bus.advance('20s');
    bus.broker.setAway(false);
    await bus.advance('10s'); // whatever backs off comes back by then
    await registering;
    expect(bus.handled('welcome')).toHaveLength(1);
    // #endregion
  });
});

it('without Nest, several services on one log, in another order', async () => {
  const Placed = defineEvent<{ orderId: string }>('order.placed', { key: 'orderId' });
  const Paid = defineEvent<{ orderId: string }>('order.paid', { key: 'orderId' });
  const seen: string[] = [];
  // #region core
  const bus = new CoreTestBus({ patience: '5s' });
  const shop = bus.create({ service: 'shop', contracts: [Placed, Paid] });
  const store = bus.create({
    service: 'store',
    handlers: [{ id: 'pick', events: [Placed, Paid], run: (_, { type }) => seen.push(type) }],
  });
  await Promise.all([shop.start(), store.start()]);
  // #endregion
  // #region hold
  bus.hold(Placed); // stays in the log …
  await bus.publish(Placed, { orderId: 'o1' });
  await bus.publish(Paid, { orderId: 'o1' });
  await bus.idle();
  bus.release(Placed); // … until here
  await bus.idle();

  expect(seen).toEqual(['order.paid', 'order.placed']);
  // #endregion
  await bus.close();
});

it('waits for real work', async () => {
  const Placed = defineEvent<{ orderId: string }>('order.placed', { key: 'orderId' });
  const bus = new CoreTestBus();
  const slow = bus.create({
    service: 'slow',
    handlers: [{ id: 'slow', events: [Placed], timeout: '1s', run: () => realDelay(10) }],
  });
  await slow.start();
  bus.fail('slow', { error: new NonRetryableError('broken') });
  await bus.publish(Placed, { orderId: 'o1' });
  await bus.publish(Placed, { orderId: 'o2' });
  await bus.advance('1h');
  expect(bus.handled('slow')).toHaveLength(1);
  expect(bus.deadLetters()).toHaveLength(1);
  await bus.close();
});
