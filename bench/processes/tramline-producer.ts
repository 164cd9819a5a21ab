import { Tramline } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { Order, orderOf } from '../work/order.ts';
import { publishAll, type Stretch } from '../work/publish-all.ts';

/** How well the pace was kept. */
export interface Paced {
  readonly perSecond: number;
}

const { directory } = settingsOf<{ directory: string }>();
const tramline = new Tramline({
  service: 'producer',
  transport: embedded({ directory }),
  contracts: [Order],
  consume: false,
});

serve({
  ready: () => undefined,
  /** Answers when the first one was published. */
  async publish({ from, to, callers }: Stretch & { readonly callers: number }): Promise<number> {
    const startedAt = monotonic();
    await publishAll(tramline.events, { from, to }, callers);
    return startedAt;
  },
  async pace({ from, to, perSecond }: Stretch & { readonly perSecond: number }): Promise<Paced> {
    const started = monotonic();
    const publishing: Promise<unknown>[] = [];
    let published = from;
    while (published < to) {
      await sleep(1);
      // A timer that is late is made up for, so that the rate holds.
      const due = Math.min(to, from + Math.floor(((monotonic() - started) * perSecond) / 1_000));
      for (; published < due; published++) {
        publishing.push(tramline.events.publish(Order, orderOf(published, monotonic())));
      }
    }
    await Promise.all(publishing);
    return { perSecond: ((to - from) / (monotonic() - started)) * 1_000 };
  },
  stop: () => tramline.close(),
});
