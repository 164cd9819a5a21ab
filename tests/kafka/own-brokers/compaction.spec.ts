import { defineEvent, type StoredRecord } from '@tramline/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { KafkaCluster } from '../../../scripts/kafka/cluster.ts';
import { describeWithOwnBrokers } from '../support/broker.ts';
import { KafkaWorld } from '../support/kafka-world.ts';
import { until } from '../support/until.ts';

interface State {
  readonly id: string;
  readonly n: number;
}
const Changed = defineEvent<State>('state.changed', { key: 'id' });
const KEYS = 10;
const CHANGES = 50;

describeWithOwnBrokers('a topic that Kafka compacts', () => {
  let cluster: KafkaCluster;
  let world: KafkaWorld;
  beforeAll(async () => {
    cluster = await KafkaCluster.start({
      properties: {
        // Compacts what was written half a second ago, at once.
        'log.roll.ms': '500',
        'log.cleaner.backoff.ms': '100',
        'log.cleaner.min.cleanable.ratio': '0.01',
      },
    });
  }, 120_000);
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    world = new KafkaWorld(cluster.addresses.join(','));
  });
  afterEach(() => world.close());

  it(
    'is consumed over its gaps to the end; they count as finished, and nothing is run again',
    { timeout: 240_000 },
    async () => {
      const topic = `${world.namespace}.state.changed`;
      const operator = world.transport();
      await operator.topics.create([{ name: topic, partitions: 1, cleanup: 'compact' }]);
      const source = world.bus('source', { consume: false });
      const change = (id: string, n: number) => source.events.publish(Changed, { id, n });
      for (let n = 0; n < CHANGES; n++)
        await Promise.all(Array.from({ length: KEYS }, (_, key) => change(`k${key}`, n)));

      const left = async () => {
        const found: StoredRecord[] = [];
        const range = { topic, partition: 0, from: 0, to: Number.MAX_SAFE_INTEGER };
        for await (const batch of operator.read(range)) found.push(...batch);
        return found;
      };
      // The newest segment is never compacted: it takes a record after its time for another one to begin.
      let stirred = 0;
      await until('little is left', async () => {
        await change('stir', stirred++);
        return (await left()).length < 3 * KEYS;
      });
      const records = await left();
      const end = records.at(-1)!.offset + 1;
      expect(end).toBeGreaterThanOrEqual(KEYS * CHANGES);

      const seen: State[] = [];
      const group = `${world.namespace}.shop`;
      const service = () =>
        world.bus('shop', {
          handlers: [{ id: 'see', events: [Changed], run: (state: State) => void seen.push(state) }],
        });
      const standsAt = async () => (await operator.groups.committed(group, [topic]))[0];
      const first = service();
      await first.start();
      await until('the group stands at the end', async () => ((await standsAt())?.offset ?? 0) >= end);
      await first.close();
      for (let key = 0; key < KEYS; key++) {
        // Compaction may have gone on meanwhile, and the newest of each key stays.
        const ofKey = seen.filter(({ id }) => id === `k${key}`).map(({ n }) => n);
        expect(ofKey.at(-1)).toBe(CHANGES - 1);
        expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
      }
      expect(seen.length).toBeLessThan(KEYS * CHANGES);
      const before = seen.length;

      const second = service();
      await second.start();
      await change('k0', CHANGES);
      await until('the new one is handled', () => seen.some(({ n }) => n === CHANGES));
      expect(seen.length - before).toBe(1);
    },
  );
});
