import { serve } from '../run/serve.ts';
import { until, type Consumed } from './consuming.ts';
import type { NestWork } from './nest-work.ts';
import type { Order } from './order.ts';
import type { Came } from './outbox-work.ts';
import { Receiver } from './receiver.ts';

/** A Nest application of either side. */
interface App {
  close(): Promise<void>;
}

/** Answers the parent's questions with applications that `open` makes, one at a time. */
export function serveNest(open: (work: NestWork, saw: (order: Order) => void) => Promise<App>): void {
  let receiver: Receiver;
  let app: App | undefined;
  serve({
    /** The whole topic, from the beginning. */
    consume: (work: NestWork): Promise<Consumed> =>
      until(work, async (arrivals) => {
        const consuming = await open(work, (order) => arrivals.saw(order));
        return () => consuming.close();
      }),
    /** Joins, and notes when each order comes. */
    async receive(work: NestWork): Promise<void> {
      receiver = new Receiver({ total: work.total, inOrder: true });
      app = await open(work, (order) => receiver.take(order));
    },
    came: (count: number): Promise<Came> => receiver.came(count),
    /** @returns as `Arrivals.faults` */
    async leave(): Promise<string | undefined> {
      await app?.close();
      return receiver.faults;
    },
    stop: () => undefined,
  });
}
