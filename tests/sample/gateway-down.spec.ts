import { afterEach, describe, expect, it } from 'vitest';
import { Operator } from './support/operator.ts';
import { person, SampleClient } from './support/sample-client.ts';
import { SampleSystem } from './support/sample-system.ts';
import { until } from './support/until.ts';

const PEOPLE = 20;

describe('the sample system while the SMS gateway is down', () => {
  let system: SampleSystem | undefined;
  let operator: Operator | undefined;
  afterEach(async () => {
    await operator?.close();
    await system?.close();
  });

  it('serves e-mail and points as ever, and sends the SMSs when the gateway is back', async () => {
    system = await SampleSystem.start({ sms: { SMS_RETRY_DELAYS: '200ms,1s,2s,20s' } });
    const client = new SampleClient(system);
    operator = new Operator(system);
    const members = await operator.members('sms');
    expect(members).toHaveLength(1);
    await client.failGateway({ rate: 1 });

    const people = Array.from({ length: PEOPLE }, (_, n) => person(n));
    const userIds = await Promise.all(people.map((somebody) => client.register(somebody)));
    await until('all mails', async () => (await client.mails()).length === 2 * PEOPLE);
    for (const userId of userIds) expect((await client.points(userId)).balance).toBe(100);
    expect(await client.sms()).toEqual([]);
    expect(await operator.members('sms')).toEqual(members);

    await client.failGateway({});
    await until('all SMSs', async () => (await client.sms()).length >= PEOPLE);
    const sms = (await client.sms()).map(({ to }) => to);
    expect(sms.sort()).toEqual(people.map(({ phone }) => phone).sort());
    expect(await operator.members('sms')).toEqual(members);
    expect(await operator.letters('sms')).toEqual([]);
  });
});
