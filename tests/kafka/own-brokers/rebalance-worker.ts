import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Tramline, type EventContext } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { Ticked, type Tick } from './load.ts';

/** One process of a group: `node rebalance-worker.ts <file> <brokers> <namespace>`; writes down what it handled, and when. */
const [file, brokers, namespace] = process.argv.slice(2) as [string, string, string];

const bus = new Tramline({
  service: 'group',
  namespace,
  transport: kafka({ brokers }),
  consumer: { concurrency: 32 },
  handlers: [
    {
      id: 'work',
      events: [Ticked],
      run: async ({ key, n }: Tick, { origin }: EventContext) => {
        const start = Date.now();
        await sleep(1 + (n % 5));
        // At once, so that a kill forgets nothing that was done.
        appendFileSync(file, `${n},${key},${origin.partition},${start},${Date.now()}\n`);
      },
    },
  ],
});
await bus.start();
process.once('SIGTERM', () => {
  void bus.close();
});
