import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvent, silentLog, Tramline, type EventContext } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { Arrivals } from '../work/arrivals.ts';

/** Events that each of the tiers delays once. */
export interface Waiting {
  readonly events: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly tiers: readonly number[];
}

/** What came back from one tier. */
export interface Waited {
  /** How much later than the tier's delay after the failure the next attempt began, milliseconds, one of each event. */
  readonly errors: readonly number[];
  /** As `Arrivals.faults`. */
  readonly faults: string | undefined;
}

const { brokers, namespace } = settingsOf<{ brokers: string; namespace: string }>();
const Asked = defineEvent<{ n: number }>('asked', { key: null });

serve({
  async delays({ events, perSecond, tiers }: Waiting): Promise<readonly Waited[]> {
    const errors = tiers.map(() => new Map<number, number>());
    const arrivals = tiers.map(() => new Arrivals(events, false, 1));
    const failed = tiers.map(() => new Map<number, number>());
    const handlers = tiers.map((tier, index) => ({
      id: `after-${tier}`,
      events: [Asked],
      retry: { inPlace: 1, delays: [tier] },
      run({ n }: { n: number }, { attempt }: EventContext) {
        const now = monotonic();
        if (attempt === 1) {
          failed[index]!.set(n, now);
          throw new Error('later');
        }
        errors[index]!.set(n, now - failed[index]!.get(n)! - tier);
        arrivals[index]!.saw({ account: 0, number: n });
      },
    }));
    const tramline = new Tramline({
      service: 'waiter',
      namespace,
      transport: kafka({ brokers }),
      handlers,
      consumer: { retryTiers: tiers },
      topics: { topology: 'create' },
      log: silentLog,
    });
    try {
      await tramline.start();
      while (!tramline.health().ready) await sleep(10);
      const start = monotonic();
      for (let n = 0; n < events; n++) {
        await sleep(Math.max(0, start + (n * 1_000) / perSecond - monotonic()));
        void tramline.events.publish(Asked, { n });
      }
      const last = monotonic() + Math.max(...tiers) + 60_000;
      while (arrivals.some(({ count }) => count < events) && monotonic() < last) await sleep(50);
    } finally {
      await tramline.close();
    }
    return tiers.map((_, index) => ({
      errors: [...errors[index]!.values()],
      faults: arrivals[index]!.faults,
    }));
  },
  stop: () => undefined,
});
