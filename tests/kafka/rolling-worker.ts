import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  defineEvent,
  silentLog,
  Tramline,
  type HandlerDefinition,
  type TramlineOptions,
} from '@tramline/core';
import { kafka } from '@tramline/kafka';

/**
 * One process of one of two versions of a service: `node rolling-worker.ts <file> <brokers> <namespace> <folder> <version>`.
 * Handlers fail until the folder holds a file `mended`. It writes down what becomes of every event at every handler.
 */
const [file, brokers, namespace, folder, version] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  'old' | 'new',
];

interface Order {
  readonly id: string;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });
const Shipped = defineEvent<Order>('order.shipped', { key: 'id' });

const write = (...words: string[]) => appendFileSync(file, `${words.join(' ')}\n`);
const handler = (id: string, more: Partial<HandlerDefinition>): HandlerDefinition => ({
  id,
  events: [Placed],
  run: ({ id: order }: Order) => {
    if (!existsSync(join(folder, 'mended'))) throw new Error('not mended yet');
    write('done', id, order);
  },
  ...more,
});
const often = (delay: '1s' | '2s') => ({ inPlace: 1, delays: Array<'1s' | '2s'>(100).fill(delay) });

/** What a deployment changes: a policy and its tiers, a handler's name, one handler less, an event more. */
const versions: Record<typeof version, Pick<TramlineOptions, 'handlers' | 'consumer'>> = {
  old: {
    handlers: [
      handler('charge', { retry: often('1s') }),
      handler('mail', { retry: often('1s') }),
      handler('audit', { retry: often('1s') }),
    ],
    consumer: { retryTiers: ['1s'] },
  },
  new: {
    handlers: [
      handler('charge', { retry: often('2s') }),
      handler('notify', { aliases: ['mail'], retry: often('2s') }),
      handler('ship', { events: [Shipped], retry: often('2s') }),
    ],
    consumer: { retryTiers: ['2s'], unknownHandlerWait: '10s' },
  },
};

const bus = new Tramline({
  service: 'shop',
  namespace,
  transport: kafka({ brokers }),
  log: silentLog,
  ...versions[version],
});
bus.observations.observe((one) => {
  if (one.kind === 'waiting') write('waits', one.handlerId, one.key ?? '');
  if (one.kind === 'dead') write('dead', one.handlerId, one.key ?? '', one.reason);
  if (one.kind === 'assigned') write('assigned');
});
await bus.start();
process.once('SIGTERM', () => void bus.close());
