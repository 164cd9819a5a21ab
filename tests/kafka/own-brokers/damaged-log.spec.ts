import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvent } from '@tramline/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { KafkaCluster } from '../../../scripts/kafka/cluster.ts';
import { describeWithOwnBrokers } from '../support/broker.ts';
import { KafkaWorld } from '../support/kafka-world.ts';
import { until } from '../support/until.ts';

interface Order {
  readonly id: string;
}
/** A handler longer than what it takes to find the damage. */
const SLOW_MS = 300;
const Placed = defineEvent<Order>('order.placed', { key: 'id' });

describeWithOwnBrokers('a log that was damaged on its disk', () => {
  let cluster: KafkaCluster;
  let world: KafkaWorld;
  beforeAll(async () => {
    cluster = await KafkaCluster.start();
  }, 120_000);
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    world = new KafkaWorld(cluster.addresses.join(','));
  });
  afterEach(() => world.close());

  it('is not taken for what was published: the group says where, and goes on where it is told to', async () => {
    const source = world.bus('source', { consume: false, topics: { partitions: 1 } });
    for (const id of ['first', 'damaged', 'last']) await source.events.publish(Placed, { id });
    const topic = `${world.namespace}.order.placed`;
    // Brokers check what is written, not what they read.
    const file = join(cluster.brokers[0]!.place.folder, 'data', `${topic}-0`, '00000000000000000000.log');
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('{"id":"damaged"') + 7]! ^= 1;
    writeFileSync(file, bytes);

    const seen: string[] = [];
    const run = async ({ id }: Order) => {
      await sleep(SLOW_MS);
      seen.push(id);
    };
    const service = () =>
      world.bus('shop', {
        handlers: [{ id: 'see', events: [Placed], run }],
      });
    const bus = service();
    let failed = 0;
    bus.observations.observe((one) => {
      if (one.kind === 'consumer-status' && one.status === 'failed') failed++;
    });
    await bus.start();
    const group = () => bus.health().groups[0]!;
    await until('it says so', () => group().status === 'failed');
    expect(group().lastError).toMatchObject({
      code: 'TRAMLINE_STORAGE',
      message: expect.stringMatching(
        /^Offset 1 of .*order\.placed\/0 cannot be read: its checksum does not fit/,
      ),
    });
    expect(bus.health().ready).toBe(false);
    await until('it tried more than once', () => failed >= 3);
    // It is not run again each time.
    expect(seen).toEqual(['first']);
    await bus.close();

    await source.transport.groups.reset(`${world.namespace}.shop`, [{ topic, partition: 0, offset: 2 }]);
    await service().start();
    await until('what lies behind it is handled', () => seen.includes('last'));
    expect(seen).toEqual(['first', 'last']);
  });
});
