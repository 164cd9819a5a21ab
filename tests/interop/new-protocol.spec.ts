import { defineEvent } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { sharedBrokers } from '../kafka/support/broker.ts';
import { KafkaWorld } from '../kafka/support/kafka-world.ts';
import { until } from '../kafka/support/until.ts';
import { CONSOLE_CONSUMER, kafkaTool } from './support/java.ts';
import { Program } from './support/program.ts';
import { describeWith } from './support/tools.ts';

interface Order {
  readonly id: string;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });

describeWith('java')('a group that another framework reads with the new protocol (KIP-848)', () => {
  let brokers: string;
  let world: KafkaWorld;
  let peer: Program;
  beforeAll(async () => {
    brokers = await sharedBrokers();
    await kafkaTool(CONSOLE_CONSUMER);
  }, 180_000);
  beforeEach(() => {
    world = new KafkaWorld(brokers);
  });
  afterEach(async () => {
    await peer.stop();
    await world.close();
  });

  it('refuses us with what to do, instead of sharing our events with it; without it we go on', async () => {
    const source = world.bus('source', { consume: false });
    await source.events.publish(Placed, { id: 'first' });
    const topic = `${world.namespace}.order.placed`;
    peer = new Program(
      await kafkaTool(
        CONSOLE_CONSUMER,
        ...['--bootstrap-server', brokers, '--topic', topic, '--from-beginning'],
        ...['--group', `${world.namespace}.shop`, '--consumer-property', 'group.protocol=consumer'],
      ),
      {},
    );
    await until('it reads', () => peer.printed(/first/));
    const seen = new Set<string>();
    const bus = world.bus('shop', {
      handlers: [{ id: 'see', events: [Placed], run: ({ id }: Order) => void seen.add(id) }],
    });
    await bus.start();
    const group = () => bus.health().groups[0]!;
    await until('it is refused', () => group().status === 'failed');
    expect(group().lastError!.message).toMatch(
      /INCONSISTENT_GROUP_PROTOCOL.*group\.protocol=consumer.*Stop them, or choose another name/,
    );
    await peer.stop();
    await source.events.publish(Placed, { id: 'second' });
    await until('it reads what the other one left', () => seen.has('second'));
    expect([...seen]).toEqual(['second']);
  });
});
