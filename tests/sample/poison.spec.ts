import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Operator } from './support/operator.ts';
import { person, SampleClient } from './support/sample-client.ts';
import { SampleSystem } from './support/sample-system.ts';
import { until } from './support/until.ts';

describe('a poison event in the sample system', () => {
  let system: SampleSystem;
  let client: SampleClient;
  let operator: Operator;

  beforeEach(async () => {
    system = await SampleSystem.start({ sms: { SMS_RETRY_DELAYS: '100ms' } });
    client = new SampleClient(system);
    operator = new Operator(system);
  });
  afterEach(async () => {
    await operator?.close();
    await system?.close();
  });

  it('lies in sms.dead as it came, and those behind it are served', async () => {
    const poison = {
      'broken JSON': Buffer.from('{"userId": "7", "name"'),
      'a payload that is not valid': Buffer.from('{"userId":"7","name":"","email":"nobody","phone":"12"}'),
      'bytes that are no text': Buffer.from([0xff, 0x00, 0xfe, 0x80]),
      nothing: Buffer.alloc(0),
    };
    for (const [key, value] of Object.entries(poison)) await operator.append('user.registered', key, value);
    await client.register(person());
    await until('the SMS to the next', async () => (await client.sms()).length === 1);
    await until('the mails to the next', async () => (await client.mails()).length === 2);

    const letters = await until('the dead letters', async () => {
      const list = await operator.letters('sms');
      return list.length >= Object.keys(poison).length && list;
    });
    const bodies = letters.map(({ record: { key, value } }) => [
      String(Buffer.from(key!)),
      Buffer.from(value!),
    ]);
    expect(Object.fromEntries(bodies)).toEqual(poison);
    expect(letters).toHaveLength(Object.keys(poison).length);
    for (const { errorMessage, history } of letters) {
      expect(errorMessage).not.toBe('');
      expect(history.origin).toMatchObject({ topic: 'user.registered', partition: 0 });
    }
  });

  it('that a handler fails on is redriven to that handler alone, once the fault is mended', async () => {
    await client.failGateway({ rate: 1 });
    const ada = person(1);
    const userId = await client.register(ada);
    const [letter] = await until('the dead letter', async () => {
      const letters = await operator.letters('sms');
      return letters.length > 0 && letters;
    });
    expect(letter).toMatchObject({ handlerId: 'welcome-sms', errorClass: 'GatewayAwayError' });
    expect(letter?.errorMessage).toContain('503');
    // In place and after the one wait: three attempts each.
    expect(letter?.history.attempts).toBe(6);
    expect(JSON.parse(Buffer.from(letter!.record.value!).toString())).toEqual({ userId, ...ada });

    await client.failGateway({});
    expect(await operator.redrive('sms', 'welcome-sms')).toBe(1);
    await until('the SMS', async () => (await client.sms(ada.phone)).length === 1);
    expect(await operator.letters('sms')).toEqual([]);

    // The others saw the event once: they have done nothing more by the time that somebody later is served by all.
    const grace = person(2);
    await client.register(grace);
    await until('the mails to the next', async () => (await client.mails(grace.email)).length === 2);
    const { output } = system.get('email');
    expect(output.split(`E-mail to ${ada.email}: welcome`)).toHaveLength(2);
    expect(output.split(`E-mail to ${ada.email}: 100 points`)).toHaveLength(2);
    expect((await client.points(userId)).entries).toHaveLength(1);
  });
});
