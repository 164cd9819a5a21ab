import { setTimeout as pause } from 'node:timers/promises';
import type { Kind } from '../world/services.ts';
import { between, oneOf, type Family, type Fault } from './fault.ts';
import { BUSIEST_TOPIC } from './kills.ts';

/** Sessions of the groups last 6 s, leases of relays 5 s: others take over, and the one that was held does not know. */
const [LEAST_MS, MOST_MS] = [8_000, 12_000];

function held(kind: Kind): Fault {
  return {
    name: `SIGSTOP ${kind}`,
    async inject(scene) {
      const victim = oneOf(scene, scene.world.of(kind));
      victim.hold();
      await pause(between(scene, LEAST_MS, MOST_MS));
      victim.release();
      return victim.name;
    },
  };
}

export const HOLDS: Family = [
  held('points'),
  held('witness'),
  {
    name: 'SIGSTOP the leader',
    async inject(scene) {
      const broker = await scene.world.brokers.leader(BUSIEST_TOPIC);
      broker.hold();
      await pause(between(scene, LEAST_MS, MOST_MS));
      broker.release();
      return `broker ${broker.place.id}`;
    },
  },
  held('sms'),
  held('registration'),
  held('email'),
  held('relay'),
];
