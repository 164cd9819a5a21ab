import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvent, silentLog, Tramline } from '@tramline/core';
import { serve, settingsOf } from '../run/serve.ts';
import { transportOf } from '../work/carriers.ts';
import type { Order } from '../work/order.ts';
import type { ReceiverSettings } from '../work/outbox-work.ts';
import { Receiver } from '../work/receiver.ts';

const settings = settingsOf<ReceiverSettings>();
const receiver = new Receiver(settings);
const contract = defineEvent<Order>(settings.topic, { key: 'account' });

const tramline = new Tramline({
  service: `${settings.topic}-receiver`,
  transport: transportOf(settings.carrier),
  handlers: [
    { id: 'count', events: [contract], concurrency: 100, run: (order: Order) => receiver.take(order) },
  ],
  log: silentLog,
});

serve({
  async ready() {
    await tramline.start();
    while (!tramline.health().ready) await sleep(10);
  },
  came: (count: number) => receiver.came(count),
  async stop() {
    await tramline.close();
    return receiver.faults;
  },
});
