import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allReactions, reactionsTo } from './support/reactions.ts';
import { person, SampleClient } from './support/sample-client.ts';
import { SampleSystem } from './support/sample-system.ts';
import { until } from './support/until.ts';

describe('the sample system', () => {
  let system: SampleSystem;
  let client: SampleClient;

  beforeAll(async () => {
    system = await SampleSystem.start();
    client = new SampleClient(system);
  });
  afterAll(() => system?.close());

  it('answers a registration with one SMS, a welcome, 100 points and a mail about them', async () => {
    expect(await reactionsTo(client, person(1))).toMatchObject(allReactions(person(1)));
  });

  it('keeps names of every script through events, SMS and mail', async () => {
    const somebody = { name: 'Zoë 李小龙 🎉', email: 'zoë@exämple.com', phone: '+447700900777' };
    await client.register(somebody);

    const mails = await until('both mails', async () => {
      const list = await client.mails(somebody.email);
      return list.length === 2 && list;
    });
    const [sms] = await until('the SMS', async () => {
      const list = await client.sms(somebody.phone);
      return list.length > 0 && list;
    });
    expect(sms?.text).toBe('Welcome, Zoë 李小龙 🎉!');
    expect(mails.every(({ text }) => text.startsWith('Hello Zoë 李小龙 🎉,'))).toBe(true);
  });

  it('keeps everything through a stop and a start of each service', async () => {
    const somebody = person(3);
    const userId = await client.register(somebody);
    await until('both mails', async () => (await client.mails(somebody.email)).length === 2);
    await until('the SMS', async () => (await client.sms(somebody.phone)).length === 1);

    for (const name of ['registration', 'sms', 'email', 'points'] as const) {
      await system.get(name).stop();
      await system.get(name).start();
    }

    // Somebody who registers afterwards is served, and nobody is served twice.
    const next = person(4);
    await client.register(next);
    await until('the mails to the next', async () => (await client.mails(next.email)).length === 2);
    await until('the SMS to the next', async () => (await client.sms(next.phone)).length === 1);
    expect(await client.mails(somebody.email)).toHaveLength(2);
    expect(await client.sms(somebody.phone)).toHaveLength(1);
    expect((await client.points(userId)).balance).toBe(100);
  });
});
