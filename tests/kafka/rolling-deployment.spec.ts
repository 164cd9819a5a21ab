import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineEvent } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';
import { until } from './support/until.ts';
import { Workers } from './support/workers.ts';

interface Order {
  readonly id: string;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });
const Shipped = defineEvent<Order>('order.shipped', { key: 'id' });
const COUNT = 40;

describeWithKafka('a rolling deployment', () => {
  let brokers: string;
  let world: KafkaWorld;
  let workers: Workers;
  beforeAll(async () => {
    brokers = await sharedBrokers();
  });
  beforeEach(() => {
    world = new KafkaWorld(brokers);
    workers = new Workers(join(import.meta.dirname, 'rolling-worker.ts'));
  });
  afterEach(async () => {
    workers.close();
    await world.close();
  });

  const launch = (name: string, version: 'old' | 'new') =>
    workers.launch(name, brokers, world.namespace, workers.folder, version);
  /** Of which orders a handler wrote this. */
  const orders = (what: string, ...handlers: readonly string[]) =>
    new Set(
      workers
        .allLines()
        .map((line) => line.split(' '))
        .filter(([kind, handler]) => kind === what && handlers.includes(handler!))
        .map(([, , order]) => order!),
    );
  const names = (prefix: string) => Array.from({ length: COUNT }, (_, n) => `${prefix}-${n}`);

  it(
    'of a policy, a renamed, a removed and an added handler loses and skips nothing that waits',
    { timeout: 180_000 },
    async () => {
      const bus = world.bus('source', { consume: false });
      const publish = async (ref: typeof Placed, ids: readonly string[]) => {
        await bus.events.publishAll(ids.map((id) => [ref, { id }] as const));
      };
      launch('old-1', 'old');
      launch('old-2', 'old');
      const before = names('before');
      await publish(Placed, before);
      const waits = (ids: readonly string[], ...handlers: readonly string[]) =>
        ids.every((id) => orders('waits', ...handlers).has(id));
      await until('everything waits in tiers', () =>
        ['charge', 'mail', 'audit'].every((handler) => waits(before, handler)),
      );

      // Both versions side by side, and events of both kinds come meanwhile.
      launch('new-1', 'new');
      await until('the new version takes part', () => workers.lines('new-1').includes('assigned'));
      await until('it runs what the old one left', () => orders('waits', 'notify').size > 0);
      const during = names('during');
      const shipped = names('shipped');
      await publish(Placed, during);
      await publish(Shipped, shipped);
      await until(
        'these wait too',
        () => waits(during, 'charge') && waits(during, 'mail', 'notify') && waits(shipped, 'ship'),
      );
      expect(await workers.end('old-1', 'SIGTERM')).toBe(0);
      launch('new-2', 'new');
      expect(await workers.end('old-2', 'SIGTERM')).toBe(0);
      const after = names('after');
      await publish(Placed, after);
      await until('these wait too', () => waits(after, 'charge') && waits(after, 'notify'));

      const audited = orders('waits', 'audit');
      writeFileSync(join(workers.folder, 'mended'), '');
      const all = [...before, ...during, ...after];
      const missing = () => ({
        charge: all.filter((id) => !orders('done', 'charge').has(id)),
        mail: all.filter((id) => !orders('done', 'mail', 'notify').has(id)),
        ship: shipped.filter((id) => !orders('done', 'ship').has(id)),
        // Nobody has this handler any more: what waits for it is given up in the open, not dropped.
        audit: [...audited].filter((id) => !orders('dead', 'audit').has(id)),
      });
      const none = { charge: [], mail: [], ship: [], audit: [] };
      await until(
        'all of it came to an end',
        () => Object.values(missing()).every(({ length }) => length === 0),
        120_000,
      ).catch(() => expect(missing()).toEqual(none));
      const dead = workers.allLines().filter((line) => line.startsWith('dead'));
      expect(dead.filter((line) => !/^dead audit \S+ handler-unknown$/.test(line))).toEqual([]);
    },
  );
});
