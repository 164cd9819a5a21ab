import { setTimeout as pause } from 'node:timers/promises';
import type { Broker } from '../../../scripts/kafka/broker.ts';
import type { Kind } from '../world/services.ts';
import { between, oneOf, type Family, type Fault, type Scene } from './fault.ts';

/** One of the two processes, gone as in a power cut, and back after a while. */
function killed(kind: Kind): Fault {
  return {
    name: `kill -9 ${kind}`,
    async inject(scene) {
      const victim = oneOf(scene, scene.world.of(kind));
      await victim.kill();
      await pause(between(scene, 0, 3_000));
      await victim.start();
      return victim.name;
    },
  };
}

export const SERVICE_KILLS: Family = [
  killed('points'),
  killed('sms'),
  killed('registration'),
  killed('witness'),
  killed('email'),
];

export const RELAY_KILLS: Family = [killed('relay')];

/** Where everything begins; its leader is the one whose loss hurts. */
export const BUSIEST_TOPIC = 'user.registered';

function brokerKilled(name: string, choose: (scene: Scene) => Promise<Broker>): Fault {
  return {
    name,
    async inject(scene) {
      const broker = await choose(scene);
      await broker.kill();
      await pause(between(scene, 4_000, 12_000));
      await broker.start();
      return `broker ${broker.place.id}`;
    },
  };
}

export const BROKER_KILLS: Family = [
  brokerKilled('kill -9 the leader', ({ world }) => world.brokers.leader(BUSIEST_TOPIC)),
  brokerKilled('kill -9 a broker', async (scene) => oneOf(scene, scene.world.brokers.all)),
];

export const DATABASE_KILLS: Family = [
  {
    name: 'kill -9 PostgreSQL',
    async inject(scene) {
      const { server } = scene.world.database;
      await server.interrupt('SIGKILL');
      await pause(between(scene, 3_000, 5_000));
      await server.resume();
    },
  },
  {
    name: 'restart PostgreSQL',
    async inject(scene) {
      const { server } = scene.world.database;
      await server.interrupt('SIGINT');
      await pause(between(scene, 500, 3_000));
      await server.resume();
    },
  },
];
