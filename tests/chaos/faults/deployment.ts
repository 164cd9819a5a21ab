import { KINDS, NEXT_VERSION } from '../world/services.ts';
import type { Family } from './fault.ts';

/** What runs at first; a deployment brings the other. */
const FIRST_VERSION = {};

/** Every process is told to stop, and replaced by one of the other version before the next one is told. */
export const DEPLOYMENTS: Family = [
  {
    name: 'rolling deployment',
    async inject({ world, deployments, violations }) {
      const isBack = deployments.length % 2 === 1;
      const from = Date.now();
      for (const kind of KINDS)
        for (const service of world.of(kind)) {
          const ended = await service.stop();
          if (!ended)
            violations.push({
              text: `${service.name} did not stop within 30 s, or with an error, when it was told to`,
            });
          await service.start(isBack ? FIRST_VERSION : NEXT_VERSION[kind]);
        }
      deployments.push({ from, to: Date.now() });
      return isBack ? 'back to the first version' : 'to the next version';
    },
  },
];
