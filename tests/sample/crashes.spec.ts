import { afterEach, describe, expect, it } from 'vitest';
import { person, SampleClient } from './support/sample-client.ts';
import { SampleSystem } from './support/sample-system.ts';
import { until } from './support/until.ts';

const PEOPLE = 1_000;
const CRASHES = 5;
/** How many register at the same time. */
const AT_ONCE = 20;

describe('the sample system under kill -9', () => {
  let system: SampleSystem | undefined;
  afterEach(() => system?.close());

  it(
    'sends each of 1,000 people exactly one SMS and gives exactly 100 points',
    { timeout: 240_000 },
    async () => {
      system = await SampleSystem.start();
      const client = new SampleClient(system);
      const people = Array.from({ length: PEOPLE }, (_, n) => person(n));
      const userIds = new Map<string, string>();

      const registering = inTurns(people, AT_ONCE, async (somebody) => {
        userIds.set(somebody.phone, await client.register(somebody));
      });
      const crashing = Promise.all(
        (['sms', 'points'] as const).map(async (name) => {
          const service = system!.get(name);
          for (let crash = 1; crash <= CRASHES; crash++) {
            // Spread over the registrations, so that every life of the process has work to die in.
            await until('more registrations', () => userIds.size >= (crash * PEOPLE) / (CRASHES + 1));
            await service.crash();
            await service.start();
          }
        }),
      );
      await Promise.all([registering, crashing]);

      await until('an SMS for everybody', async () => (await client.sms()).length >= PEOPLE, 120_000);
      await until(
        'two mails for everybody',
        async () => (await client.mails()).length >= 2 * PEOPLE,
        120_000,
      );

      const sms = (await client.sms()).map(({ to }) => to);
      expect(sms).toHaveLength(PEOPLE);
      expect(new Set(sms)).toEqual(new Set(userIds.keys()));
      expect(await client.mails()).toHaveLength(2 * PEOPLE);
      const balances = await Promise.all(
        [...userIds.values()].map(async (userId) => (await client.points(userId)).balance),
      );
      expect(new Set(balances)).toEqual(new Set([100]));
    },
  );

  it('announces a registration whose process died right after its answer', { timeout: 120_000 }, async () => {
    system = await SampleSystem.start();
    const client = new SampleClient(system);
    for (let n = 0; n < 5; n++) {
      const somebody = person(n);
      await client.register(somebody);
      await system.get('registration').crash();
      await system.get('registration').start();
      await until('the SMS', async () => (await client.sms(somebody.phone)).length === 1);
      await until('both mails', async () => (await client.mails(somebody.email)).length === 2);
    }
    expect(await client.sms()).toHaveLength(5);
  });
});

/** Runs the work for every item, a number of them at a time. */
async function inTurns<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
