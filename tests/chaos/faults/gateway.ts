import { setTimeout as pause } from 'node:timers/promises';
import { between, type Family } from './fault.ts';

/** What fails meanwhile waits in retry tiers. */
export const GATEWAY_FAULTS: Family = [
  {
    name: 'SMS gateway away',
    async inject(scene) {
      const { outside } = scene.world;
      outside.isAway = true;
      await pause(between(scene, 1_000, 3_000));
      outside.isAway = false;
    },
  },
];
