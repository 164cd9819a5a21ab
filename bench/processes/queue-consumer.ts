import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { serve, settingsOf } from '../run/serve.ts';
import { Arrivals } from '../work/arrivals.ts';
import type { Order } from '../work/order.ts';
import { locking, openQueue } from './queue-table.ts';
import type { Arrived } from './tramline-consumer.ts';

const { directory, total } = settingsOf<{ directory: string; total: number }>();
const queue = openQueue(directory);
const take = queue.prepare(
  'DELETE FROM queue WHERE id = (SELECT min(id) FROM queue) RETURNING headers, value',
);
const arrivals = new Arrivals(total);
let stopped = false;
const consuming = consume();

async function consume(): Promise<void> {
  for (let taken = 0; !stopped; taken++) {
    const row = locking(() => take.get()) as { headers: string; value: string } | undefined;
    if (!row) await sleep(1);
    else handle(row.value, row.headers);
    // Questions of the parent must get through.
    if (taken % 100 === 0) await turn();
  }
}

function handle(value: string, headers: string): void {
  JSON.parse(headers);
  arrivals.saw(JSON.parse(value) as Order);
}

serve({
  ready: () => undefined,
  async arrived(count: number): Promise<Arrived> {
    const at = await arrivals.until(count);
    return { at, latencies: [] };
  },
  async stop() {
    stopped = true;
    await consuming;
    queue.close();
    return arrivals.faults;
  },
});
