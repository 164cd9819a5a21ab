import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allReactions, reactionsTo } from '../sample/support/reactions.ts';
import { person } from '../sample/support/sample-client.ts';
import { Registering } from './registering.ts';
import { SampleInContainers, SERVED_WITHIN } from './sample-in-containers.ts';

const BROKERS = ['kafka', 'kafka-2', 'kafka-3'] as const;
const PEOPLE = 120;

describe('docker-compose.cluster.yml', () => {
  let system: SampleInContainers;

  beforeAll(async () => {
    system = await SampleInContainers.prepare('docker-compose.yml', 'docker-compose.cluster.yml');
    await system.engine.bringUp();
  });
  afterAll(() => system?.engine.down({ volumes: true }));

  it('registers and serves while each broker in turn is killed, and so every leader once', async () => {
    const { client, engine } = system;
    const people = Array.from({ length: PEOPLE }, (_, n) => person(n));
    const registering = new Registering(system, people);
    const killing = (async () => {
      for (const [i, broker] of BROKERS.entries()) {
        await registering.reached(i / BROKERS.length);
        expect(await engine.kill(broker)).toBe(137);
        // People go on registering, and are served, by the two that are left.
        const somebody = person(1_000 + i);
        expect(await reactionsTo(client, somebody, SERVED_WITHIN)).toMatchObject(allReactions(somebody));
        await engine.start(broker);
      }
    })();
    await Promise.all([registering.done, killing]);

    expect(await system.query('SELECT count(*) FROM registration.users')).toBe(
      String(PEOPLE + BROKERS.length),
    );
    await system.untilServed(people);
  });
});
