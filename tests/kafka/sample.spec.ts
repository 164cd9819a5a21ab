import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafka } from '@tramline/kafka';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { Operator } from '../sample/support/operator.ts';
import { freePorts } from '../sample/support/ports.ts';
import { person, SampleClient } from '../sample/support/sample-client.ts';
import { SampleSystem } from '../sample/support/sample-system.ts';
import { StartScript } from '../sample/support/start-script.ts';
import { until } from '../sample/support/until.ts';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';

/** Three attempts in place, and three after each of the two waits. */
const RETRY_DELAYS = '200ms,1s';
const MOST_ATTEMPTS = 9;

describeWithKafka('the sample system on Kafka', () => {
  const namespace = `t${randomUUID().slice(0, 8)}`;
  let system: SampleSystem;
  let client: SampleClient;
  let operator: Operator;

  beforeAll(async () => {
    const brokers = await sharedBrokers();
    const shared = { TRAMLINE_TRANSPORT: 'kafka', KAFKA_BROKERS: brokers, TRAMLINE_NAMESPACE: namespace };
    system = await SampleSystem.start({ sms: { SMS_RETRY_DELAYS: RETRY_DELAYS } }, shared);
    client = new SampleClient(system);
    operator = new Operator(system, { transport: kafka({ brokers }), namespace });
  });
  afterAll(async () => {
    await operator?.close();
    await system?.close();
  });

  it('answers a registration with one SMS, two mails and 100 points, by nothing but Kafka', async () => {
    const ada = person(1);
    const userId = await client.register(ada);
    await until('both mails', async () => (await client.mails(ada.email)).length === 2);
    await until('the SMS', async () => (await client.sms(ada.phone)).length === 1);
    expect(await client.points(userId)).toMatchObject({ balance: 100 });
    expect(await operator.members(`${namespace}.sms`)).toHaveLength(1);
    expect(existsSync(join(system.data, 'log'))).toBe(false);
  });

  it('sends the SMS once the gateway is back, while the others are served', async () => {
    await client.failGateway({ next: 4 });
    const grace = person(2);
    await client.register(grace);
    await until('both mails', async () => (await client.mails(grace.email)).length === 2);
    await until('the SMS', async () => (await client.sms(grace.phone)).length === 1);
    expect(await operator.letters('sms')).toEqual([]);
  });

  it('lays down what cannot be sent, and redrives it to the one handler that failed', async () => {
    await client.failGateway({ rate: 1 });
    const edith = person(3);
    const userId = await client.register(edith);
    const [letter] = await until('the dead letter', async () => {
      const letters = await operator.letters('sms');
      return letters.length > 0 && letters;
    });
    expect(letter).toMatchObject({ handlerId: 'welcome-sms', errorClass: 'GatewayAwayError' });
    expect(letter?.history).toMatchObject({ attempts: MOST_ATTEMPTS });
    expect(JSON.parse(Buffer.from(letter!.record.value!).toString())).toEqual({ userId, ...edith });

    await client.failGateway({});
    expect(await operator.redrive('sms', 'welcome-sms')).toBe(1);
    await until('the SMS', async () => (await client.sms(edith.phone)).length === 1);
    expect(await operator.letters('sms')).toEqual([]);

    // The others saw it once: somebody later is served by all of them, and nothing more came for her.
    const next = person(4);
    await client.register(next);
    await until('the mails to the next', async () => (await client.mails(next.email)).length === 2);
    expect(await client.mails(edith.email)).toHaveLength(2);
    expect((await client.points(userId)).entries).toHaveLength(1);
  });

  it('goes on where it was when a service stops and starts again', async () => {
    const sms = system.get('sms');
    await sms.stop();
    const late = person(5);
    await client.register(late);
    await until('both mails', async () => (await client.mails(late.email)).length === 2);
    const before = sms.output.length;
    await sms.start();
    const said = (phone: string) => sms.output.slice(before).split(`SMS to ${phone}`).length - 1;
    await until('the SMS', () => said(late.phone) === 1);
    // Nobody is served twice: what came before would have been repeated before this one.
    for (const n of [1, 2, 3, 4]) expect(said(person(n).phone)).toBe(0);
  });
});

describeWithKafka('npm start -- --transport kafka', () => {
  it('runs the sample on the brokers that it is given', async () => {
    const brokers = await sharedBrokers();
    vi.stubEnv('TRAMLINE_NAMESPACE', `t${randomUUID().slice(0, 8)}`);
    const data = await mkdtemp(join(tmpdir(), 'tramline-start-'));
    const at = ['--ports', `${await freePorts(4)}`, '--data', data];
    const script = new StartScript(...at, '--transport', 'kafka', '--brokers', brokers);
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await script.stop();
      await rm(data, { recursive: true, force: true });
    });
    await script.printed(/registration \| 201 \{"userId":/);
    await script.printed(/sms +\| .*SMS to \+\d+: welcome/);
    await script.printed(/email +\| .*: 100 points/);
    expect(script.output).not.toContain('No broker answers');
    expect(existsSync(join(data, 'log'))).toBe(false);
    expect(await script.stop()).toBe(0);
  });
});
