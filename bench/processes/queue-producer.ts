import { randomUUID } from 'node:crypto';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';
import { orderOf } from '../work/order.ts';
import type { Stretch } from '../work/publish-all.ts';
import { locking, openQueue } from './queue-table.ts';

const { directory } = settingsOf<{ directory: string }>();
const queue = openQueue(directory);
const insert = queue.prepare('INSERT INTO queue (key, headers, value) VALUES (?, ?, ?)');

serve({
  ready: () => undefined,
  /** Answers when the first one was written. */
  publish({ from, to }: Stretch): number {
    const startedAt = monotonic();
    for (let number = from; number < to; number++) {
      const order = orderOf(number);
      const headers = {
        id: randomUUID(),
        type: 'bench.order',
        source: 'producer',
        time: new Date().toISOString(),
      };
      const row = [String(order.account), JSON.stringify(headers), JSON.stringify(order)];
      locking(() => insert.run(...row));
    }
    return startedAt;
  },
  stop: () => queue.close(),
});
