import { afterEach, describe, expect, it } from 'vitest';
import { person, post, SampleClient } from './support/sample-client.ts';
import { SampleSystem } from './support/sample-system.ts';
import { until } from './support/until.ts';

const PEOPLE = 200;
const STOPS = 3;

describe('SIGTERM while people register', () => {
  let system: SampleSystem | undefined;
  afterEach(() => system?.close());

  it('loses nobody who was told 201, and tells nobody twice', { timeout: 120_000 }, async () => {
    system = await SampleSystem.start();
    const client = new SampleClient(system);
    const registration = system.get('registration');
    let answered = 0;

    /** Until somebody is registered: the connection ends with the process, and the next one may know them already. */
    const register = async (n: number) => {
      for (;;) {
        const answer = await post(`${registration.url}/users`, person(n)).catch(() => undefined);
        if (answer?.status === 201 || answer?.status === 409) break;
      }
      answered++;
    };
    const registering = Promise.all(
      Array.from({ length: 10 }, async (_, lane) => {
        for (let n = lane; n < PEOPLE; n += 10) await register(n);
      }),
    );
    for (let stop = 1; stop <= STOPS; stop++) {
      await until('more registrations', () => answered >= (stop * PEOPLE) / (STOPS + 1));
      // A clean end, not a kill: what was being published is published, and then the process goes.
      expect(await registration.stop()).not.toBe(1);
      await registration.start();
    }
    await registering;

    await until('an SMS for everybody', async () => (await client.sms()).length >= PEOPLE, 60_000);
    await until('both mails for everybody', async () => (await client.mails()).length >= 2 * PEOPLE, 60_000);
    const numbers = (await client.sms()).map(({ to }) => to);
    expect(numbers).toHaveLength(PEOPLE);
    expect(new Set(numbers).size).toBe(PEOPLE);
    expect(await client.mails()).toHaveLength(2 * PEOPLE);
  });
});
