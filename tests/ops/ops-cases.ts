import type { TransportProvider } from '@tramline/core';
import { afterEach, beforeEach, describe } from 'vitest';
import { erasingCases } from './cases/erasing.ts';
import { eventsCases } from './cases/events.ts';
import { groupsCases } from './cases/groups.ts';
import { lettersCases } from './cases/letters.ts';
import { replayCases } from './cases/replay.ts';
import { retriesCases } from './cases/retries.ts';
import { topicsCases } from './cases/topics.ts';
import { OpsWorld } from './ops-world.ts';

/** Every operation on one transport. `open` is called for each test, `dispose` after it. */
export function describeOps(
  name: string,
  open: () => Promise<{ provider: TransportProvider; dispose?: () => Promise<void> }>,
): void {
  describe(`operations on ${name}`, () => {
    let world: OpsWorld;
    let dispose: (() => Promise<void>) | undefined;
    beforeEach(async () => {
      const opened = await open();
      dispose = opened.dispose;
      world = new OpsWorld(opened.provider);
    });
    afterEach(async () => {
      await world.close();
      await dispose?.();
    });
    for (const cases of [
      topicsCases,
      groupsCases,
      lettersCases,
      erasingCases,
      retriesCases,
      eventsCases,
      replayCases,
    ])
      cases(() => world);
  });
}
